"""Who is reached elsewhere from now on is told there, and where they were reached before."""

import json
from typing import Any

from tests.fixtures.facts import facts, told
from tests.fixtures.wishes import ELSEWHERE, Desk


async def plans(desk: Desk) -> list[tuple[str, list[str]]]:
    rows = await told(desk.begin, "SELECT plan FROM messages WHERE milestone = 'contact_changed' ORDER BY id")
    return [[step["to"] for step in _read(row["plan"])] for row in rows]  # type: ignore[misc]


def _read(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document


async def test_both_addresses_are_told(desk: Desk) -> None:
    order_id = await desk.order()
    held = await desk.asked(order_id, {"customer": {"email": "ada@shop.test"}})
    assert (held.row.status, held.row.parts) == ("carried_out", ["contact"]), "contacts are automatic"
    assert held.order.row.customer_email == "ada@shop.test"
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds[-4:] == ["change.decided", "change.carried_out", "contact.changed", "contact.left"]
    contact = [fact["snapshot"]["contact"] for fact in (await facts(desk.begin, desk.shop, order_id))[-2:]]
    assert contact == [{"changed": ["email"], "to": "new"}, {"changed": ["email"], "to": "old"}]
    new, old = await plans(desk)
    assert new[0] == "ada@shop.test"
    assert old == ["delivered@sandbox.test"], "only over what was left"


async def test_a_new_number_is_told_to_the_old_one(desk: Desk) -> None:
    await desk.asked(await desk.order(), {"customer": {"phone": "+4915112345678"}})
    _, old = await plans(desk)
    assert old == ["+15005550101"]


async def test_nobody_is_told_where_nothing_was_left(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, ELSEWHERE)
    assert not [fact for fact in await facts(desk.begin, desk.shop, order_id) if fact["kind"].startswith("contact")]


async def test_together_with_something_else_both_are_told(desk: Desk) -> None:
    order_id = await desk.order()
    await desk.done(order_id, {"customer": {"email": "ada@shop.test"}, **ELSEWHERE})
    kinds = [fact["kind"] for fact in await facts(desk.begin, desk.shop, order_id)]
    assert kinds[-3:] == ["order.changed", "contact.changed", "contact.left"]
    assert (await facts(desk.begin, desk.shop, order_id))[-3]["snapshot"]["update"] == {"changed": ["shipping_address"]}
