"""The report on templates over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.db.feedback.counter import Rated
from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom

PATH = "/v1/reports/templates"


async def test_each_version_stands_beside_the_one_before(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    rated = Rated(mailroom)
    for version, rating in ((1, 2), (2, 4), (2, 5)):
        await rated.give(await rated.told(version=version), rating)
    mailroom.clock.advance(timedelta(minutes=1))
    answer = await api.get(PATH)
    assert answer.status_code == 200
    one, two = answer.json()["items"]
    assert (one["version"], one["ratings"], one["before"]) == (1, {"count": 1, "average": 2.0}, None)
    assert (two["version"], two["made"], two["sent"], two["ratings"]["average"]) == (2, 2, 2, 4.5)
    assert two["before"] == {name: one[name] for name in two["before"]}
    only = await api.get(PATH, params={"milestone": "order_confirmation", "channel": "email", "locale": "de"})
    assert only.json()["items"] == answer.json()["items"]
    assert (await api.get(PATH, params={"channel": "sms"})).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "yesterday"}, "/query/from"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "/query/to"),
        ({"milestone": "tea_time"}, "/query/milestone"),
        ({"channel": "pigeon"}, "/query/channel"),
        ({"locale": "?"}, "/query/locale"),
    ],
)
async def test_a_filter_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, Any], pointer: str) -> None:
    answer = await api.get(PATH, params=query)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_it_is_the_shops_own_and_for_who_writes_or_hears(
    mailroom: Mailroom, clients: Clients, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    await Rated(mailroom).told()
    mailroom.clock.advance(timedelta(minutes=1))
    for client in (stranger, live_api):
        assert (await client.get(PATH)).json()["items"] == []
    assert len((await (await clients.with_scopes(mailroom.scope, "templates")).get(PATH)).json()["items"]) == 1
    assert (await (await clients.with_scopes(mailroom.scope, "orders")).get(PATH)).status_code == 403
