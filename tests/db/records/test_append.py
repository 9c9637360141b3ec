"""Lines are added to the trail, and never changed."""

import json
from typing import Any

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.records.append import Entry, append, record_rows
from tidings.records.digests import digest_of


def entry(shop: Shop, clock: FixedClock, **more: Any) -> Entry:
    told = {"mode": "test", "kind": "thing.made", "subject": "thing", "actor": "tests", "order_id": None} | more
    return Entry(storefront_id=shop.id, at=clock.now(), **told)


async def test_what_happened_is_told_with_who_and_when(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    order = new_id()
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock, data={"n": 1}), entry(shop, clock, order_id=order, mode=None))
    async with begin.reading(shop.scope) as tx:
        first, second = await tx.raw.fetch("SELECT *, data::text AS told FROM records ORDER BY id")
    assert (first["order_id"], first["mode"], json.loads(first["told"])) == (shop.id, "test", {"n": 1})
    assert (first["actor"], first["at"], first["kind"]) == ("tests", clock.now(), "thing.made")
    assert (second["order_id"], second["mode"]) == (order, None)


async def test_what_somebody_wrote_stands_beside_its_record(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    order = new_id()
    said = entry(shop, clock, order_id=order, data={"n": 1}, words={"reason": "Ada rang.", "notes": None})
    async with begin(shop.scope) as tx:
        await append(tx, said, entry(shop, clock, words={"reason": None}), entry(shop, clock))
        told = [json.loads(row["data"]) for row in await tx.raw.fetch("SELECT data::text FROM records ORDER BY id")]
        (beside,) = await tx.raw.fetch(
            "SELECT w.*, w.words::text AS told, r.at, r.subject AS about FROM record_words w JOIN records r"
            " ON (r.storefront_id, r.order_id, r.id) = (w.storefront_id, w.order_id, w.record_id)"
        )
    digest = digest_of(beside["salt"], "Ada rang.")
    assert told == [{"n": 1, "reason_digest": digest, "notes_digest": None}, {"reason_digest": None}, {}]
    assert json.loads(beside["told"]) == {"reason": "Ada rang."}
    assert (beside["order_id"], beside["mode"], beside["subject"]) == (order, "test", beside["about"])
    assert beside["written_at"] == beside["at"]


def test_without_words_nothing_more_is_written(clock: FixedClock, shop: Shop) -> None:
    rows = record_rows([entry(shop, clock), entry(shop, clock, words={"reason": None})])
    assert [(table.name, len(many)) for table, many in rows.by_table.items()] == [("records", 2)]


@pytest.mark.parametrize("change", ["UPDATE records SET actor = 'nobody'", "DELETE FROM records", "TRUNCATE records"])
async def test_nobody_changes_the_trail(
    begin: Begin, worker_begin: Begin, owner_database_url: str, clock: FixedClock, shop: Shop, change: str
) -> None:
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock))
    for opened in (begin, worker_begin):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with opened.across() as tx:
                await tx.raw.execute(change)
    owner = await asyncpg.connect(owner_database_url)
    try:
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(change)
    finally:
        await owner.close()
