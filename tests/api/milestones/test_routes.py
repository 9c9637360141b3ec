"""One promise over HTTP, and why it is due when it is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from tests.clock import FixedClock
from tests.fixtures.api import Clients
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def promise_of(api: httpx.AsyncClient, order: str) -> str:
    (deadline,) = (await api.get("/v1/deadlines", params={"order_id": order})).json()["items"]
    found: str = deadline["id"]
    return found


async def place(api: httpx.AsyncClient, clock: FixedClock) -> str:
    body = order_body(number=None, placed_at=clock.now().isoformat())
    body["estimated_delivery"] = {"from": "2027-06-01", "to": "2027-06-02"}
    answer = await api.post("/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_promise_says_what_was_counted_and_what_was_left_out(api: httpx.AsyncClient, clock: FixedClock) -> None:
    """16:30 on the day before Christmas: half an hour then, holidays, a weekend, a closure, half an hour after."""
    clock.set(datetime(2026, 12, 24, 16, 30, tzinfo=BERLIN))
    closure = {"name": "Stocktaking", "first": "2026-12-28", "last": "2026-12-28"}
    calendar = {"hours": WEEK, "holidays": {"country": "DE"}, "closures": [closure]}
    assert (await api.patch("/v1/calendar", json=calendar)).status_code == 200
    deadline = (await api.get(f"/v1/deadlines/{await promise_of(api, await place(api, clock))}")).json()
    why = deadline["why"]
    assert datetime.fromisoformat(deadline["due_at"]) == datetime(2026, 12, 29, 9, 30, tzinfo=BERLIN)
    assert why["due_at"] == "2026-12-29T09:30:00+01:00"
    assert why["rule"] == {"within_minutes": 60, "basis": "business"}
    assert (why["time_zone"], why["rule_book_version"]) == ("Europe/Berlin", 2)
    assert [(one["begins"], one["minutes"]) for one in why["counted"]] == [
        ("2026-12-24T16:30:00+01:00", 30), ("2026-12-29T09:00:00+01:00", 30),
    ]  # fmt: skip
    assert [(day["on"], day["why"]) for day in why["left_out"]] == [
        ("2026-12-25", "holiday"), ("2026-12-26", "holiday"), ("2026-12-27", "closed"), ("2026-12-28", "closure"),
    ]  # fmt: skip


async def test_a_promise_is_explained_by_the_rules_that_were_in_force(
    api: httpx.AsyncClient, clock: FixedClock
) -> None:
    clock.set(datetime(2027, 1, 13, 16, 30, tzinfo=BERLIN))
    await api.patch("/v1/calendar", json={"hours": WEEK})
    order = await place(api, clock)
    clock.advance(timedelta(minutes=1))
    await api.patch("/v1/calendar", json={"hours": None})
    told = (await api.get(f"/v1/deadlines/{await promise_of(api, order)}")).json()
    assert told["why"]["rule_book_version"] == 2
    assert told["why"]["due_at"] == "2027-01-14T09:30:00+01:00"


async def test_a_process_that_had_not_heard_of_a_change_went_by_the_rules_before_it(
    api: httpx.AsyncClient, clock: FixedClock
) -> None:
    clock.set(datetime(2027, 1, 13, 16, 30, tzinfo=BERLIN))
    await api.patch("/v1/calendar", json={"hours": WEEK})
    order = await place(api, clock)
    await api.patch("/v1/calendar", json={"hours": None})
    why = (await api.get(f"/v1/deadlines/{await promise_of(api, order)}")).json()["why"]
    assert (why["rule_book_version"], why["due_at"]) == (2, "2027-01-14T09:30:00+01:00")


async def test_a_shop_that_has_never_changed_its_rules_goes_by_those_it_has(
    api: httpx.AsyncClient, clock: FixedClock
) -> None:
    clock.set(datetime(2027, 1, 13, 3, 0, tzinfo=BERLIN))
    told = (await api.get(f"/v1/deadlines/{await promise_of(api, await place(api, clock))}")).json()
    assert (told["why"]["rule_book_version"], told["why"]["left_out"]) == (1, [])
    assert [one["minutes"] for one in told["why"]["counted"]] == [60]


async def test_a_promise_of_somebody_else_is_not_there(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, clients: Clients, shop: Shop, clock: FixedClock
) -> None:
    clock.set(datetime(2027, 1, 13, 3, 0, tzinfo=BERLIN))
    path = f"/v1/deadlines/{await promise_of(api, await place(api, clock))}"
    assert (await stranger.get(path)).status_code == 404
    assert (await api.get("/v1/deadlines/ddl_1")).json()["type"] == "urn:tidings:problem:not-found"
    orders = await clients.with_scopes(shop.scope, "orders")
    assert (await orders.get(path)).status_code == 403
