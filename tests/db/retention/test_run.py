"""Rounds of retention: what goes when, and what stays."""

from uuid import UUID

import asyncpg
import pytest

from tests.fixtures.drained import count, one
from tests.fixtures.orders import place
from tests.fixtures.papers import PaperDesk
from tests.fixtures.rounds import MONTH, Keeping
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import wire
from tidings.kit.kinds import Kind
from tidings.orders.note import WriteNote, write_note
from tidings.retention.person import Meant
from tidings.retention.place import PlaceHold, place_hold
from tidings.retention.prune_kind import Batch, Pruning, prune_batch
from tidings.retention.release import ReleaseHold, hold_by_id, release_hold
from tidings.retention.run import run_retention
from tidings.retention.run_all import run_all

CONTENTS = """
    INSERT INTO contents (storefront_id, order_id, message_id, channel, template, version, locale, text, extras,
                          rendered_at)
    SELECT storefront_id, order_id, id, channel, milestone, 1, 'de', 'Hello', '{}', created_at FROM messages
"""


async def test_each_kind_goes_in_its_own_time(keeping: Keeping) -> None:
    await keeping.sells()
    await keeping.does(CONTENTS)
    assert await keeping.left() == [1, 1, 1, 1]
    assert (await keeping.passes(11))["content"]["rows"] == 0
    assert await keeping.left() == [1, 1, 1, 1]
    assert (await keeping.passes(2))["content"] == {"before": _before(keeping, 12), "rows": 1, "orders": 1}
    assert await keeping.left() == [0, 1, 1, 1]
    await keeping.passes(12)
    assert await keeping.left() == [0, 0, 0, 1]
    outcome = await keeping.passes(12)
    assert (outcome["orders"]["orders"], outcome["orders"]["rows"] > 1) == (1, True)
    assert await keeping.left() == [0, 0, 0, 0]
    assert await count(keeping.begin, "order_lines") == 0


def _before(keeping: Keeping, months: int) -> str:
    now = keeping.clock.now()
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, 28)).isoformat()


async def test_what_was_said_late_is_kept_as_long_as_anything_else(keeping: Keeping) -> None:
    first, _ = await keeping.sells(), await keeping.sells()
    keeping.clock.advance(MONTH * 20)
    await keeping.does(
        f"UPDATE messages SET updated_at = '{keeping.clock.now().isoformat()}' WHERE order_id = '{first}'"
    )
    await keeping.passes(5)
    assert [await count(keeping.begin, table) for table in ("messages", "orders")] == [1, 2]
    # The mark waits for it, and so it is not forgotten.
    await keeping.passes(20)
    assert [await count(keeping.begin, table) for table in ("messages", "orders")] == [0, 0]


async def test_an_order_is_old_when_nothing_has_happened_to_it(keeping: Keeping) -> None:
    order_id = await keeping.sells()
    keeping.clock.advance(MONTH * 30)
    async with keeping.begin(keeping.shop.scope) as tx:
        await write_note(tx, WriteNote(order_id, "Still there", "staff/eve"), now=keeping.clock.now())
    await keeping.passes(10)
    assert await count(keeping.begin, "orders") == 1
    await keeping.passes(30)
    assert [await count(keeping.begin, table) for table in ("orders", "order_notes")] == [0, 0]


async def test_of_an_old_order_with_an_invoice_only_the_figures_stay(keeping: Keeping, paper_desk: PaperDesk) -> None:
    order_id = await keeping.sells()
    await paper_desk.issue(keeping.shop.scope, order_id, "invoice", "Rechnung", keeping.clock.now())
    await keeping.passes(40)
    row = await one(keeping.begin, "SELECT customer_email, customer_name, details ? 'customer', total FROM orders")
    assert (*row,)[:3] == (None, None, False)
    assert row["total"] > 0
    assert await count(keeping.begin, "erased_orders") == 1
    await keeping.passes(30)
    assert [await count(keeping.begin, table) for table in ("orders", "kept_papers")] == [1, 1]
    await keeping.passes(45)
    assert [await count(keeping.begin, table) for table in ("orders", "kept_papers", "erased_orders")] == [0, 0, 0]


async def test_a_round_that_broke_off_is_gone_on_with(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidings.retention.prune_kind.AT_ONCE", 1)
    for _ in range(3):
        await keeping.sells()
    monkeypatch.setattr("tidings.retention.run._KINDS", ("communications",))
    await keeping.passes(40)
    assert await keeping.left() == [0, 0, 3, 3]
    # As if it had been killed before its end.
    async with keeping.keeper.across() as tx:
        await tx.raw.execute("UPDATE retention_runs SET finished_at = NULL")
    monkeypatch.setattr("tidings.retention.run._KINDS", ("communications", "events", "orders"))
    outcome = await keeping.passes(0)
    assert [outcome[kind]["orders"] for kind in ("communications", "events", "orders")] == [3, 3, 3]
    assert await keeping.left() == [0, 0, 0, 0]
    assert await count(keeping.begin, "retention_runs") == 1


async def test_what_a_hold_kept_goes_though_it_is_released_in_the_middle_of_a_round(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings.retention.prune_kind.AT_ONCE", 1)
    monkeypatch.setattr("tidings.retention.run._KINDS", ("communications",))
    orders = [await keeping.sells() for _ in range(4)]
    async with keeping.begin(keeping.shop.scope) as tx:
        on = PlaceHold("order", Meant(order=wire("ord", orders[0])), "why", "tests")
        hold_id = (await place_hold(tx, on, now=keeping.clock.now())).id
    seen: list[UUID] = []

    async def passing(tx: Tx, kind: Kind, after: UUID, pruning: Pruning) -> Batch:
        seen.append(after)
        if after == orders[1]:
            async with keeping.begin(keeping.shop.scope) as other:
                if (await hold_by_id(other, hold_id)).released_at is None:
                    await release_hold(other, ReleaseHold(hold_id, None, "tests"), now=keeping.clock.now())
        return await prune_batch(tx, kind, after, pruning)

    monkeypatch.setattr("tidings.retention.run.prune_batch", passing)
    await keeping.passes(40)
    assert await keeping.left() == [0, 0, 4, 4]
    # Once as far as it knew of the release, and then from the beginning.
    assert seen == [UUID(int=0), *orders[:2], UUID(int=0), *orders]
    assert (await one(keeping.begin, "SELECT order_id FROM retention_marks"))[0] == orders[-1]
    # The next one has only what came after the mark before it.
    seen.clear()
    await keeping.passes(1)
    assert seen == [orders[-1]]


async def test_other_shops_and_modes_keep_theirs(keeping: Keeping, other_shop: Shop) -> None:
    await place(keeping.begin, other_shop, keeping.clock.now())
    await keeping.sells()
    await keeping.passes(40)
    row = await one(keeping.begin, "SELECT storefront_id FROM orders")
    assert row["storefront_id"] == other_shop.id
    assert await run_all(keeping.keeper, keeping.known, now=keeping.clock.now()) == 4
    assert await count(keeping.begin, "orders") == 0


async def test_only_its_own_role_deletes(keeping: Keeping, worker_begin: Begin) -> None:
    await keeping.sells()
    later = keeping.clock.advance(MONTH * 40)
    for role in (keeping.begin, worker_begin):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run_retention(role, keeping.shop.scope, keeping.known, actor="tests", now=later)
    assert await keeping.left() == [0, 1, 1, 1]


async def test_a_round_says_nothing_of_anybody(keeping: Keeping) -> None:
    await keeping.sells()
    await keeping.passes(40)
    row = await one(keeping.begin, "SELECT data FROM records WHERE kind = 'retention.ran'")
    assert set(row["data"]) == {"outcome", "held"}
    assert all(set(told) == {"before", "rows", "orders"} for told in row["data"]["outcome"].values())
