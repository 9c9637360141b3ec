"""Reports over HTTP."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.promises import instants, promised

PATH = "/v1/reports/service-levels"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Where the shop is, wherever the machine stands.
BERLIN = ZoneInfo("Europe/Berlin")


async def test_promises_kept_are_told_by_kind_and_period(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    await promised(mailroom, HOUR, **instants(mailroom, met_at=10 * MINUTE))
    await promised(mailroom, 24 * HOUR, kind="change_decided", **instants(mailroom, met_at=25 * HOUR))
    mailroom.clock.advance(26 * HOUR)
    answer = await api.get(PATH)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["time_zone"], body["period"], body["group"]) == ("Europe/Berlin", "day", "kind")
    decided, confirmed = body["items"]
    assert (decided["kind"], decided["late"], decided["taken"]["basis"]) == ("change_decided", 1, "elapsed")
    assert (confirmed["kind"], confirmed["kept"], confirmed["taken"]["p99"]) == ("order_confirmation", 1, 10.0)


async def test_a_range_is_days_of_the_shop_or_instants(mailroom: Mailroom, api: httpx.AsyncClient) -> None:
    await promised(mailroom, HOUR)
    today = mailroom.clock.now().astimezone(BERLIN).date()
    for since, until, count in ((today, today + timedelta(days=1), 1), (today - timedelta(days=3), today, 0)):
        answer = await api.get(PATH, params={"from": str(since), "to": str(until), "period": "all"})
        assert sum(item["promised"] for item in answer.json()["items"]) == count
    now = mailroom.clock.now()
    answer = await api.get(PATH, params={"from": now.isoformat(), "to": (now + HOUR).isoformat(), "group": "channel"})
    assert [item["channel"] for item in answer.json()["items"]] == ["none"]


async def test_a_shop_that_was_closed_all_the_time_has_taken_no_business_time(
    mailroom: Mailroom, api: httpx.AsyncClient
) -> None:
    today = mailroom.clock.now().astimezone(BERLIN).date()
    closed = {"name": "x", "first": str(today - timedelta(days=3)), "last": str(today + timedelta(days=3))}
    await api.patch("/v1/calendar", json={"closures": [closed]})
    await promised(mailroom, HOUR, **instants(mailroom, met_at=MINUTE))
    answer = await api.get(
        PATH, params={"from": (mailroom.clock.now() - MINUTE).isoformat(), "to": str(today + timedelta(1))}
    )
    assert answer.json()["items"][0]["taken"]["max"] == 0.0


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from": "yesterday"}, "/query/from"),
        ({"to": "2026-02-30"}, "/query/to"),
        ({"from": "9998-12-01", "to": "9998-12-31"}, "/query/from"),
        ({"to": "9998-12-31T23:00:00Z"}, "/query/to"),
        ({"to": "9999-12-31"}, "/query/to"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "/query/to"),
        ({"from": "2024-01-01", "to": "2026-01-01"}, "/query/to"),
        ({"period": "year"}, "/query/period"),
        ({"group": "shop"}, "/query/group"),
    ],
)
async def test_a_range_that_is_none_is_refused(api: httpx.AsyncClient, query: dict[str, Any], pointer: str) -> None:
    answer = await api.get(PATH, params=query)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_reports_are_the_shops_own_and_for_operations(
    mailroom: Mailroom, clients: Clients, stranger: httpx.AsyncClient, live_api: httpx.AsyncClient
) -> None:
    await promised(mailroom, HOUR)
    for client in (stranger, live_api):
        assert (await client.get(PATH)).json()["items"] == []
    orders = await clients.with_scopes(mailroom.scope, "orders")
    assert (await orders.get(PATH)).status_code == 403
