"""The way of a version to its publication, over HTTP."""

import asyncio

import httpx
import pytest

from tests.fixtures.steps import did
from tests.fixtures.templates import (
    ANNA,
    BORIS,
    CLARA,
    NO_TEMPLATE,
    approved,
    drafted,
    kind_of,
    records_of,
    step,
    submitted,
)


async def test_from_a_draft_to_a_published_version_each_step_is_on_record(api: httpx.AsyncClient) -> None:
    draft = await drafted(api)
    assert (draft["status"], draft["version"], draft["authors"]) == ("draft", 101, ["staff/anna"])
    waiting = await did(await step(api, draft, "submission", ANNA))
    assert (waiting["status"], waiting["submitted_by"]) == ("in_review", "staff/anna")
    word = await did(await step(api, draft, "review", BORIS, outcome="approved", reason="reads well"))
    assert (word["status"], word["approved_by"], word["review_reason"]) == ("in_review", "staff/boris", "reads well")
    out = await did(await step(api, draft, "publication", CLARA))
    assert (out["status"], out["published_by"]) == ("published", "staff/clara")
    gone = await did(await step(api, draft, "retirement", CLARA, reason="it was a joke"))
    assert (gone["status"], gone["retired_by"]) == ("retired", "staff/clara")
    trail = await records_of(api, draft)
    kinds = ["drafted", "submitted", "approved", "published", "retired"]
    assert [record["kind"] for record in trail] == [f"template.{kind}" for kind in kinds]
    assert {record["data"]["sha256"] for record in trail} == {draft["sha256"]}
    assert "Hooray" not in str(trail)


async def test_nothing_is_published_that_nobody_has_approved(api: httpx.AsyncClient) -> None:
    waiting = await submitted(api)
    assert kind_of(await step(api, waiting, "publication", BORIS)) == (409, "template-not-approved")
    refused = await step(api, await drafted(api), "publication", BORIS)
    assert kind_of(refused) == (409, "template-step")
    assert refused.json()["possible"] == ["change", "submit", "discard"]


async def test_of_two_versions_published_at_once_one_is_in_force(api: httpx.AsyncClient) -> None:
    versions = [await approved(api), await approved(api)]
    answers = await asyncio.gather(*(step(api, version, "publication", CLARA) for version in versions))
    assert [answer.status_code for answer in answers] == [200, 200]
    found = [(await did(await api.get(f"/v1/templates/{version['id']}")))["status"] for version in versions]
    assert sorted(found) == ["published", "retired"]


@pytest.mark.parametrize("name", ["submission", "publication", "retirement", "rollback"])
async def test_what_is_not_there_has_no_steps(api: httpx.AsyncClient, stranger: httpx.AsyncClient, name: str) -> None:
    assert kind_of(await step(api, {"id": NO_TEMPLATE}, name, ANNA)) == (404, "not-found")
    assert kind_of(await step(stranger, await drafted(api), name, ANNA)) == (404, "not-found")
