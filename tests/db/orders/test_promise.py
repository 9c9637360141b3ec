"""Whether the customer is to be told may be said otherwise while the order is incomplete: the promise follows."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import told
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.amend import AmendOrder, amend_order
from tidings.orders.watch_promises import watch_promises

WHOLE = {"payment": {"method": "card"}}


async def amended(begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, changes: dict[str, Any]) -> None:
    async with begin(shop.scope) as tx:
        await amend_order(tx, AmendOrder(order_id, changes, "*", "staff/7"), now=clock.now())


async def clocks(begin: Begin, order_id: UUID) -> list[tuple[str, datetime, bool]]:
    rows = await told(begin, "SELECT kind, due_at, cancelled_at FROM deadlines WHERE order_id = $1", order_id)
    return [(row["kind"], row["due_at"], row["cancelled_at"] is None) for row in rows]


async def owed(begin: Begin, order_id: UUID) -> list[tuple[str, str]]:
    rows = await told(begin, "SELECT milestone, status FROM messages WHERE order_id = $1 ORDER BY order_seq", order_id)
    return [(row["milestone"], row["status"]) for row in rows]


@pytest.mark.parametrize("patches", [[{"notify": False} | WHOLE], [{"notify": False}, WHOLE]])
async def test_what_is_not_to_be_told_any_more_is_no_promise(
    patches: list[dict[str, Any]], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    due_at = clock.now() + timedelta(hours=1)
    for changes in patches:
        await amended(begin, shop, clock, order_id, changes)
        assert await clocks(begin, order_id) == [("order_confirmation", due_at, False)]
        assert await owed(begin, order_id) == [("order_incomplete", "superseded")]
    assert await told(begin, "SELECT 1 FROM outbox") == []
    clock.advance(timedelta(hours=2))
    assert not (await watch_promises(begin, clock.now())).total()


@pytest.mark.parametrize("patches", [[{"notify": True} | WHOLE], [{"notify": True}, WHOLE]])
async def test_what_is_to_be_told_after_all_is_promised_from_then_on(
    patches: list[dict[str, Any]], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None, notify=False))
    due_at = clock.advance(timedelta(days=1)) + timedelta(hours=1)
    for changes in patches:
        await amended(begin, shop, clock, order_id, changes)
        assert await clocks(begin, order_id) == [("order_confirmation", due_at, True)]
        clock.advance(timedelta(minutes=1))
    assert await owed(begin, order_id) == [("order_confirmation", "pending")]


async def test_a_promise_that_was_taken_back_is_given_anew(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    clock.advance(timedelta(hours=2))
    assert (await watch_promises(begin, clock.now()))["missed"] == 1
    await amended(begin, shop, clock, order_id, {"notify": False})
    await amended(begin, shop, clock, order_id, {"notify": True})
    due_at = clock.now() + timedelta(hours=1)
    assert await clocks(begin, order_id) == [("order_confirmation", due_at, True)]
    assert not (await watch_promises(begin, clock.now())).total()
    clock.advance(timedelta(hours=2))
    assert (await watch_promises(begin, clock.now()))["missed"] == 1
