"""Drafts changed, over HTTP."""

import httpx
import pytest

from tests.fixtures.steps import did
from tests.fixtures.templates import (
    BORIS,
    WORDING,
    built_in_layout,
    drafted,
    kind_of,
    records_of,
    submitted,
)


async def changed(api: httpx.AsyncClient, version, by=BORIS, **patch) -> httpx.Response:
    return await api.patch(f"/v1/templates/{version['id']}", json=patch, headers=by)


async def test_null_is_as_built_in_and_what_is_absent_stays(api: httpx.AsyncClient) -> None:
    draft = await drafted(api, layout=built_in_layout())
    found = await did(await changed(api, draft, layout=None, note="plain"))
    assert (found["layout"], found["wording"], found["note"]) == (None, WORDING, "plain")
    found = await did(await changed(api, draft, wording=None))
    assert (found["wording"], found["note"]) == ({}, "plain")
    assert found["authors"] == ["staff/anna", "staff/boris"]


async def test_a_change_that_changes_nothing_makes_nobody_an_author(api: httpx.AsyncClient) -> None:
    draft = await drafted(api)
    assert (await did(await changed(api, draft, wording=WORDING)))["authors"] == ["staff/anna"]
    assert [line["kind"] for line in await records_of(api, draft)] == ["template.drafted"]


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"wording": {"de": {"email": {"subject": None}}}}, "/wording/de/email/subject"),
        ({"wording": {"de": {"sms": {"text": 1}}}}, "/wording/de/sms/text"),
        ({"layout": {"mjml": "<mjml />"}}, "/layout/text"),
        ({"milestone": "order_completed"}, "/milestone"),
    ],
)
async def test_what_would_not_be_whole_is_refused(api: httpx.AsyncClient, patch, pointer: str) -> None:
    draft = await drafted(api)
    answer = await changed(api, draft, **patch)
    assert (kind_of(answer), answer.json()["errors"][0]["pointer"]) == ((422, "invalid-input"), pointer)
    assert (await did(await api.get(f"/v1/templates/{draft['id']}"))) == draft


async def test_words_that_were_submitted_stay_as_they_are(api: httpx.AsyncClient) -> None:
    version = await submitted(api)
    answer = await api.patch(f"/v1/templates/{version['id']}", json={"note": "louder"}, headers=BORIS)
    assert (kind_of(answer), answer.json()["template_status"]) == ((409, "template-step"), "in_review")
