"""A customer who is reached elsewhere: messages follow, and both sides are told."""

from typing import Any
from uuid import UUID

from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, records, told
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.orders.amend import AmendOrder, amend_order

MESSAGES = "SELECT * FROM messages WHERE order_id = $1 ORDER BY order_seq, id"


async def amended(begin: Begin, shop: Shop, clock: FixedClock, order_id: UUID, **customer: Any) -> None:
    async with begin(shop.scope) as tx:
        command = AmendOrder(order_id, {"customer": customer}, "*", "staff/7")
        await amend_order(tx, command, now=clock.now())


async def owed(begin: Begin, order_id: UUID) -> list[tuple[str, str, str]]:
    return [(m["milestone"], m["channel"], m["recipient"]) for m in await told(begin, MESSAGES, order_id)]


async def test_what_waits_follows_and_the_old_and_the_new_address_are_told(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock)
    await amended(begin, shop, clock, order_id, email="slow@sandbox.test", name="Ada King")
    assert await owed(begin, order_id) == [
        ("order_confirmation", "email", "slow@sandbox.test"),
        ("contact_changed", "email", "slow@sandbox.test"),
        ("contact_changed", "email", "delivered@sandbox.test"),
    ]
    assert len(await told(begin, "SELECT FROM outbox WHERE order_id = $1", order_id)) == 3
    happened = await facts(begin, shop, order_id)
    assert [fact["kind"] for fact in happened] == [
        "order.placed", "order.amended", "contact.changed", "contact.left",
    ]  # fmt: skip
    assert happened[2]["snapshot"]["contact"] == {"changed": ["email"], "to": "new"}
    assert happened[3]["snapshot"]["contact"] == {"changed": ["email"], "to": "old"}
    written = await records(begin, shop, order_id)
    assert "message.redirected" in [record["kind"] for record in written]
    assert "sandbox.test" not in str(written)


async def test_a_name_alone_tells_nobody(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    before = await told(begin, MESSAGES, order_id)
    await amended(begin, shop, clock, order_id, name="Ada King")
    assert await told(begin, MESSAGES, order_id) == before
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == ["order.placed", "order.amended"]


async def test_a_preference_moves_what_waits_to_another_channel(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    await amended(begin, shop, clock, order_id, preferred_channel="sms")
    assert await owed(begin, order_id) == [
        ("order_confirmation", "sms", "+15005550101"),
        ("contact_changed", "sms", "+15005550101"),
        ("contact_changed", "email", "delivered@sandbox.test"),
    ]
    (work,) = await told(begin, "SELECT queue FROM outbox WHERE order_id = $1 AND order_seq = 1", order_id)
    assert work["queue"] == "sms"


async def test_devices_come_and_go_without_a_word(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock)
    await amended(begin, shop, clock, order_id, devices=[{"platform": "fcm", "token": "another"}])
    assert [milestone for milestone, *_ in await owed(begin, order_id)] == ["order_confirmation"]
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == ["order.placed", "order.amended"]


async def test_what_an_incomplete_order_lacked_is_no_change_but_its_message_follows(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    await amended(begin, shop, clock, order_id, email="slow@sandbox.test")
    assert await owed(begin, order_id) == [("order_incomplete", "email", "slow@sandbox.test")]


async def test_what_waits_follows_with_what_completes_an_order(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(payment=None))
    async with begin.across() as tx:
        await tx.raw.execute(
            "UPDATE messages SET milestone = 'issue_notification', dedupe_key = 'issue_notification:x:1'"
        )
    changes = {"customer": {"email": "slow@sandbox.test"}, "payment": {"method": "card"}}
    async with begin(shop.scope) as tx:
        await amend_order(tx, AmendOrder(order_id, changes, "*", "staff/7"), now=clock.now())
    assert await owed(begin, order_id) == [
        ("issue_notification", "email", "slow@sandbox.test"),
        ("order_confirmation", "email", "slow@sandbox.test"),
    ]
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)] == [
        "order.left_incomplete",
        "order.made_complete",
    ]


async def test_nobody_is_told_who_is_told_nothing(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    order_id = await placed(begin, shop, clock, order_body(notify=False))
    await amended(begin, shop, clock, order_id, email="slow@sandbox.test")
    assert await owed(begin, order_id) == []
    assert [fact["kind"] for fact in await facts(begin, shop, order_id)][-2:] == ["contact.changed", "contact.left"]
