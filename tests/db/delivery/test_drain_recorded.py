"""What the drain does is on the record, without a word that is personal, and can be proved from what is kept."""

import json
from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.calls import with_issue
from tests.fixtures.drained import make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import order_body, place
from tests.fixtures.shop import Shop
from tidings.delivery.ports import Content, Transient
from tidings.delivery.said import said_digest
from tidings.delivery.suppressed import SuppressAddress, suppress_address
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.records.digests import digest_of

SENT = """
SELECT a.id, a.recipient, c.channel, c.subject, c.text, c.html, c.extras, c.salt FROM attempts a
JOIN contents c USING (storefront_id, order_id, message_id)
WHERE c.channel = a.channel ORDER BY a.number
"""
JUDGED = "SELECT data->>'reason' AS reason FROM records WHERE kind = 'message.judged' ORDER BY at, id"
SETTLED = "SELECT subject, data->>'content_digest' AS digest FROM records WHERE kind = 'attempt.settled' ORDER BY id"


async def test_whoever_has_what_was_sent_can_prove_it_by_the_record_of_each_attempt(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Transient("later", "451", timedelta(seconds=30))]))
    await place(begin, shop, clock.now())
    await exchange.run()
    await make_due(begin)
    await exchange.run()
    async with begin.across() as tx:
        sent, settled = await tx.raw.fetch(SENT), await tx.raw.fetch(SETTLED)
    assert len(sent) == len(settled) == 2
    for row, record in zip(sent, settled, strict=True):
        extras = row["extras"] if isinstance(row["extras"], dict) else json.loads(row["extras"])
        content = Content(row["text"], row["subject"], row["html"], extras)
        assert record["subject"] == wire("att", row["id"])
        assert record["digest"] == said_digest(row["salt"], row["recipient"], row["channel"], content)


async def test_a_fact_is_linked_to_its_snapshot(begin: Begin, shop: Shop, clock: FixedClock) -> None:
    await place(begin, shop, clock.now())
    event = await one(begin, "SELECT salt, snapshot::text AS snapshot FROM events")
    record = await one(begin, "SELECT data::text AS data FROM records WHERE kind = 'order.placed'")
    assert json.loads(record["data"])["snapshot_digest"] == digest_of(event["salt"], event["snapshot"])
    assert "delivered@sandbox.test" in event["snapshot"]
    assert "delivered@sandbox.test" not in record["data"]


async def test_an_attempt_whose_worker_died_is_on_the_record(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    exchange.connect(shop, "email", FakeSender([Transient("later", "451", timedelta(seconds=30))]))
    await place(begin, shop, clock.now())
    await exchange.run()
    first = await one(begin, "SELECT id FROM attempts")
    async with begin.across() as tx:
        # As if its worker had died between the send and the settlement.
        await tx.raw.execute("UPDATE attempts SET status = 'started', outcome = NULL")
    await make_due(begin)
    await exchange.run()
    record = await one(begin, "SELECT subject, mode, data::text AS data FROM records WHERE kind = 'attempt.lost'")
    assert (record["subject"], record["mode"], json.loads(record["data"])["channel"]) == (
        wire("att", first["id"]), "test", "email",
    )  # fmt: skip
    assert (await one(begin, "SELECT status FROM attempts ORDER BY number"))["status"] == "uncertain"


async def judged(begin: Begin) -> list[str]:
    async with begin.across() as tx:
        return [row["reason"] for row in await tx.raw.fetch(JUDGED)]


async def looked_at(begin: Begin, exchange: Exchange, times: int) -> None:
    for _ in range(times):
        await make_due(begin)
        await exchange.run()


async def test_that_a_message_still_waits_for_a_connection_is_recorded_once_and_not_at_each_look(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await place(begin, shop, clock.now(), order_body(customer={"phone": None}))
    await looked_at(begin, exchange, 3)
    assert await judged(begin) == ["no planned channel has a connection that can be used now"]
    # What has been tried since, and waits anew, waits for another reason.
    exchange.connect(shop, "email", FakeSender([Transient("later", "451", timedelta(seconds=30))]))
    await looked_at(begin, exchange, 1)
    exchange.connections.clear()
    await looked_at(begin, exchange, 2)
    assert await judged(begin) == ["no planned channel has a connection that can be used now"] * 2


async def test_that_a_message_about_which_nobody_may_call_still_waits_is_recorded_once(
    begin: Begin, shop: Shop, clock: FixedClock, exchange: Exchange
) -> None:
    await with_issue(begin, shop, clock)
    async with begin(shop.scope) as tx:
        await suppress_address(tx, SuppressAddress("voice", "+15005550101", "staff/7"), now=clock.now())
    await looked_at(begin, exchange, 3)
    assert await judged(begin) == ["no planned channel has a connection that can be used now"]
