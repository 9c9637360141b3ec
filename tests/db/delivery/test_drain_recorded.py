"""What the drain does is on the record, without a word that is personal, and can be proved from what is kept."""

import json
from datetime import timedelta

from tests.clock import FixedClock
from tests.fixtures.drained import make_due, one
from tests.fixtures.lines import Exchange, FakeSender
from tests.fixtures.orders import place
from tests.fixtures.shop import Shop
from tidings.delivery.ports import Content, Transient
from tidings.delivery.said import said_digest
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.records.digests import digest_of

SENT = """
SELECT a.id, a.recipient, c.channel, c.subject, c.text, c.html, c.extras, c.salt FROM attempts a
JOIN contents c USING (storefront_id, order_id, message_id)
WHERE c.channel = a.channel ORDER BY a.number
"""
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
    exchange.connect(shop, "email", FakeSender([Transient("later", "451", timedelta(seconds=1))]))
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
