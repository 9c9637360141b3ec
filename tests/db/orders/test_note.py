from tests.clock import FixedClock
from tests.db.orders.hold import placed
from tests.fixtures.facts import facts, records
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import wire
from tidings.orders.load import order_by_id
from tidings.orders.note import WriteNote, write_note
from tidings.records.digests import digest_of


async def test_a_note_is_kept_beside_the_order_and_out_of_the_records(
    begin: Begin, shop: Shop, clock: FixedClock
) -> None:
    order_id = await placed(begin, shop, clock, status="cancelled")
    async with begin(shop.scope) as tx:
        note = await write_note(tx, WriteNote(order_id, "Ada rang.", "staff/7"), now=clock.now())
    async with begin.reading(shop.scope) as tx:
        assert (await order_by_id(tx, order_id)).row.version == 1
    *_, record = await records(begin, shop, order_id)
    assert (record["kind"], record["subject"], record["actor"]) == ("note.written", wire("nte", note.id), "staff/7")
    assert note.salt is not None
    assert record["data"]["text_digest"] == digest_of(note.salt, "Ada rang.")
    assert "rang" not in str(await records(begin, shop, order_id)) + str(await facts(begin, shop, order_id))
