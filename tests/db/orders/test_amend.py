from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, messages, tasks, told
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.problem import InvalidInput, PreconditionFailed
from tidings.orders.amend import CORRECTABLE, AmendOrder, amend_order
from tidings.orders.errors import IllegalMove, PreconditionRequired
from tidings.orders.load import HeldOrder
from tidings.orders.states import ORDER_STATUSES


async def amended(
    begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, changes: dict[str, Any], if_match: str | None = "*"
) -> HeldOrder:
    async with begin(shop.scope) as tx:
        return await amend_order(tx, AmendOrder(order_id, changes, if_match, "staff/7"), now=clock.now())


async def test_completion_owes_the_confirmation_and_frees_whoever_was_to_ask(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == ["order_incomplete"]
    order = await amended(begin, shop, clock, order_id, {"payment": {"method": "card"}}, '"1"')
    assert (order.row.status, order.row.missing, len(order.lines)) == ("received", [], 1)
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == [
        "order_incomplete", "order_confirmation",
    ]  # fmt: skip
    assert await tasks(begin, shop, order_id) == [("complete_order", "dropped")]
    last = (await facts(begin, shop, order_id))[-1]
    assert (last["kind"], last["order_seq"]) == ("order.made_complete", 2)
    assert last["snapshot"]["order"]["lines"][0]["sku"] == "TEA-01"
    rows = await told(begin, "SELECT line, sku FROM order_lines WHERE order_id = $1", order_id)
    assert rows == [{"line": 1, "sku": "TEA-01"}]


async def test_the_clock_of_an_incomplete_order_runs_on_from_its_receipt(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    before = await told(begin, "SELECT kind, due_at FROM deadlines WHERE order_id = $1", order_id)
    await amended(begin, shop, clock, order_id, {"payment": {"method": "card"}})
    assert await told(begin, "SELECT kind, due_at FROM deadlines WHERE order_id = $1", order_id) == before
    assert [row["kind"] for row in before] == ["order_confirmation"]


async def test_an_order_that_owes_nothing_owes_nothing_when_completed(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None, notify=False))
    await amended(begin, shop, clock, order_id, {"payment": {"method": "card"}})
    assert await messages(begin, shop, order_id) == []


async def test_what_was_good_at_its_receipt_is_no_fault_of_a_correction(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    """In the evening in New York, when it is tomorrow in UTC already: delivered the same day, placed now."""
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE storefronts SET time_zone = 'America/New_York'")
    clock.set(datetime(2026, 12, 2, 1, tzinfo=UTC))
    body = order_body(placed_at=None, estimated_delivery={"from": "2026-12-01", "to": "2026-12-01"})
    order_id = await placed(begin, shop, clock, body)
    order = await amended(begin, shop, clock, order_id, {"customer": {"phone": "+4915112345678"}})
    assert order.row.customer_phone == "+4915112345678"


@pytest.mark.parametrize(
    ("changes", "told_of"),
    [
        ({"shipping_address": {"line1": "Hauptstr. 1"}}, ["shipping_address"]),
        ({"billing_address": {"line1": "Hauptstr. 1"}, "metadata": {"a": 1}}, ["billing_address"]),
        (
            {"estimated_delivery": {"to": "2027-01-31"}, "shipping_address": {"line1": "Hauptstr. 1"}},
            ["shipping_address", "estimated_delivery"],
        ),
    ],
)
async def test_the_customer_is_told_of_what_matters_to_them(
    changes: dict[str, Any], told_of: list[str], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    await amended(begin, shop, clock, order_id, changes)
    *_, fact = await facts(begin, shop, order_id)
    assert (fact["kind"], fact["snapshot"]["update"]) == ("order.changed", {"changed": told_of})
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == [
        "order_confirmation", "order_updated",
    ]  # fmt: skip


async def test_a_newer_update_makes_the_one_before_pointless(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    for line1 in ("Hauptstr. 1", "Hauptstr. 2"):
        await amended(begin, shop, clock, order_id, {"shipping_address": {"line1": line1}})
    rows = await told(begin, "SELECT status FROM messages WHERE milestone = 'order_updated' ORDER BY id")
    assert [row["status"] for row in rows] == ["superseded", "pending"]


@pytest.mark.parametrize("changes", [{"metadata": {"a": 1}}, {"customer": {"vat_id": "DE123456789"}}])
async def test_of_all_else_the_customer_is_not_told(
    changes: dict[str, Any], begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    await amended(begin, shop, clock, order_id, changes)
    assert (await facts(begin, shop, order_id))[-1]["kind"] == "order.amended"
    assert [milestone for milestone, _ in await messages(begin, shop, order_id)] == ["order_confirmation"]


async def test_an_open_issue_does_not_keep_an_order_from_being_completed(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None), on_hold=True)
    row = (await amended(begin, shop, clock, order_id, {"payment": {"method": "card"}})).row
    assert (row.status, row.on_hold) == ("received", True)


async def test_columns_follow_what_was_corrected(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    changes = {
        "customer": {"email": "ada@shop.test", "phone": None, "locale": "fr-FR", "name": "Ada King"},
        "estimated_delivery": {"from": "2026-12-01", "to": "2026-12-02"},
    }
    row = (await amended(begin, shop, clock, order_id, changes)).row
    assert (row.customer_email, row.customer_phone, row.customer_name) == ("ada@shop.test", None, "Ada King")
    assert (row.locale, str(row.estimated_from), str(row.estimated_to)) == ("fr-FR", "2026-12-01", "2026-12-02")
    assert row.details["customer"]["preferred_channel"] == "email"


async def test_a_channel_that_the_shop_gave_up_does_not_stand_in_the_way(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    async with begin.across() as tx:
        await tx.raw.execute("UPDATE storefronts SET sales_channels = '[\"phone\"]' WHERE id = $1", shop.id)
    assert (await amended(begin, shop, clock, order_id, {"metadata": {"a": 1}})).row.version == 2


async def test_the_version_that_is_meant_must_be_the_one_at_hand(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    with pytest.raises(PreconditionRequired):
        await amended(begin, shop, clock, order_id, {}, None)
    with pytest.raises(PreconditionFailed):
        await amended(begin, shop, clock, order_id, {}, '"2"')


@pytest.mark.parametrize("status", ["completed", "cancelled"])
async def test_an_order_that_has_ended_is_not_changed(status: str, begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, status=status)
    with pytest.raises(IllegalMove, match="has ended"):
        await amended(begin, shop, clock, order_id, {"metadata": {"a": 1}})


async def test_it_is_too_late_for_another_address_once_all_is_on_its_way(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, status="shipped")
    with pytest.raises(IllegalMove, match="shipping_address"):
        await amended(begin, shop, clock, order_id, {"shipping_address": {"line1": "x"}, "metadata": {"a": 1}})


async def test_what_was_bought_is_not_corrected(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    with pytest.raises(InvalidInput) as refusal:
        await amended(begin, shop, clock, order_id, {"lines": [], "discount": None, "total": None})
    assert [fault.pointer for fault in refusal.value.faults] == ["/total", "/lines"]


def test_each_correctable_part_names_statuses_that_there_are() -> None:
    assert all(set(statuses) <= set(ORDER_STATUSES) for statuses in CORRECTABLE.values())
