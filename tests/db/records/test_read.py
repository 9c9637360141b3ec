"""The trail is read by cursor, and nothing is missed."""

import json
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.page import Window, decode_cursor
from tidings.kit.problem import InvalidInput
from tidings.kit.scope import Scope
from tidings.records.append import Entry, append
from tidings.records.digests import digest_of
from tidings.records.read import RecordFilter, records_after

# One line of a transaction of long ago.
_WRITTEN_BY = """
INSERT INTO records (storefront_id, order_id, id, subject, xid, kind, actor, at, data)
VALUES ($1, $1, $2, $3, $3::text::xid8, 'thing.made', 'tests', now(), '{}')
"""


def entry(shop: Shop, clock: FixedClock, subject: str, **more: Any) -> Entry:
    told = {"mode": "test", "kind": "thing.made", "actor": "tests", "order_id": None} | more
    return Entry(storefront_id=shop.id, at=clock.now(), subject=subject, **told)


async def read(
    begin: Begin, scope: Scope, cursor: str | None = None, limit: int = 50, **asked: Any
) -> tuple[list[str], str | None]:
    window = Window(limit, None if cursor is None else decode_cursor(cursor))
    async with begin.reading(scope) as tx:
        page = await records_after(tx, RecordFilter(**asked), window)
    return [record.subject for record in page.items], page.next_cursor


async def test_a_transaction_that_stays_open_across_a_read_is_not_missed(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    async with AsyncExitStack() as slow:
        tx = await slow.enter_async_context(begin(shop.scope))
        # Its id is older than that of what is committed before it.
        await append(tx, entry(shop, clock, "slow"))
        async with begin(shop.scope) as quick:
            await append(quick, entry(shop, clock, "quick"))
        assert await read(begin, shop.scope) == ([], None)
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock, "later"))
    first, cursor = await read(begin, shop.scope, limit=1)
    second, cursor = await read(begin, shop.scope, cursor, limit=1)
    third, end = await read(begin, shop.scope, cursor, limit=1)
    assert [*first, *second, *third] == ["slow", "quick", "later"]
    assert end is None


async def test_a_reader_in_the_middle_sees_what_commits_late_on_a_later_page(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    for n in range(2):
        async with begin(shop.scope) as tx:
            await append(tx, entry(shop, clock, f"before {n}"))
    first, cursor = await read(begin, shop.scope, limit=1)
    async with begin(shop.scope) as slow:
        await append(slow, entry(shop, clock, "slow"))
        async with begin(shop.scope) as quick:
            await append(quick, entry(shop, clock, "quick"))
        assert await read(begin, shop.scope, cursor) == (["before 1"], None)
    rest, _ = await read(begin, shop.scope, cursor)
    assert first + rest == ["before 0", "before 1", "slow", "quick"]


async def test_lines_of_one_transaction_are_cut_between_pages_without_loss(
    begin: Begin, clock: FixedClock, shop: Shop
) -> None:
    async with begin(shop.scope) as tx:
        await append(tx, *(entry(shop, clock, str(n)) for n in range(5)))
    told: list[str] = []
    cursor = None
    while True:
        subjects, cursor = await read(begin, shop.scope, cursor, limit=2)
        told += subjects
        if cursor is None:
            break
    assert told == ["0", "1", "2", "3", "4"]


async def test_lines_come_in_the_order_of_their_transactions_however_many_digits_those_have(
    begin: Begin, shop: Shop
) -> None:
    planted = ["98", "99", "100", "101"]
    async with begin(shop.scope) as tx:
        for xid in planted:
            await tx.raw.execute(_WRITTEN_BY, shop.id, new_id(), xid)
    first, cursor = await read(begin, shop.scope, limit=2)
    rest, _ = await read(begin, shop.scope, cursor)
    assert first + rest == planted


async def test_a_reader_sees_its_own_mode_and_what_concerns_both(
    begin: Begin, clock: FixedClock, shop: Shop, other_shop: Shop
) -> None:
    async with begin(shop.scope) as tx:
        await append(
            tx,
            entry(shop, clock, "test"),
            entry(shop, clock, "live", mode="live"),
            entry(shop, clock, "both", mode=None),
            entry(other_shop, clock, "other"),
        )
    assert (await read(begin, shop.scope))[0] == ["test", "both"]
    assert (await read(begin, shop.live_scope))[0] == ["live", "both"]
    assert (await read(begin, other_shop.scope))[0] == ["other"]


async def test_filters_narrow_the_list(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    order = new_id()
    async with begin(shop.scope) as tx:
        await append(
            tx,
            entry(shop, clock, "a", order_id=order),
            entry(shop, clock, "b", kind="thing.broken"),
            entry(shop, clock, "c", actor="staff/ada"),
        )
    for asked, told in (
        ({"order_id": order}, ["a"]),
        ({"kind": "thing.broken"}, ["b"]),
        ({"actor": "staff/ada"}, ["c"]),
        ({"subject": "c"}, ["c"]),
        ({"subject": "c", "kind": "thing.broken"}, []),
    ):
        assert (await read(begin, shop.scope, **asked))[0] == told


async def test_a_foreign_cursor_is_refused(begin: Begin, shop: Shop) -> None:
    async with begin.reading(shop.scope) as tx:
        for after in (("x", "y"), (1,), (-1, str(new_id()))):
            with pytest.raises(InvalidInput):
                await records_after(tx, RecordFilter(), Window(after=after))


async def test_words_are_told_beside_their_record_with_their_salt(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        await append(tx, entry(shop, clock, "said", words={"reason": "Ada rang."}), entry(shop, clock, "silent"))
    async with begin.reading(shop.scope) as tx:
        said, silent = (await records_after(tx, RecordFilter(), Window())).items
    assert said.words is not None
    assert said.salt is not None
    assert json.loads(said.words) == {"reason": "Ada rang."}
    assert json.loads(said.data) == {"reason_digest": digest_of(bytes.fromhex(said.salt), "Ada rang.")}
    assert (silent.words, silent.salt) == (None, None)
