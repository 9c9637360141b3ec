"""Rows are written with their types, all or none."""

import json

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.rows import Row, Rows, insert
from tidings.records.tables import RecordRow
from tidings.tasks.tables import TaskRow

RECORDS, TASKS = RecordRow.__table__, TaskRow.__table__


def record(shop: Shop, clock: FixedClock, kind: str = "k") -> Row:
    return {
        "storefront_id": shop.id, "order_id": new_id(), "id": new_id(), "mode": None, "kind": kind, "subject": "s",
        "actor": "a", "at": clock.now(), "data": json.dumps({"deep": [1, "ü"]}),
    }  # fmt: skip


def task(shop: Shop, clock: FixedClock, kind: str = "message_dead") -> Row:
    return {
        "storefront_id": shop.id, "id": new_id(), "mode": "test", "kind": kind, "dedupe_key": str(new_id()),
        "status": "open", "summary": "s", "data": "{}", "opened_at": clock.now(),
    }  # fmt: skip


async def counts(begin: Begin) -> tuple[int, int]:
    async with begin.across() as tx:
        row = await tx.raw.fetchrow("SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM tasks)")
        return tuple(row)


async def test_rows_of_many_tables_are_written_at_once(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    rows = Rows()
    rows.add(RECORDS, record(shop, clock), record(shop, clock))
    rows.add(TASKS, task(shop, clock))
    async with begin(shop.scope) as tx:
        await insert(tx, rows)
        stored = await tx.raw.fetchrow("SELECT mode, at, data::text AS data FROM records LIMIT 1")
    assert (stored["mode"], stored["at"], json.loads(stored["data"])) == (None, clock.now(), {"deep": [1, "ü"]})
    assert await counts(begin) == (2, 1)


async def test_one_bad_row_and_nothing_is_written(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    rows = Rows()
    rows.add(RECORDS, record(shop, clock))
    rows.add(TASKS, task(shop, clock, "no_such_kind"))
    with pytest.raises(asyncpg.CheckViolationError):
        async with begin(shop.scope) as tx:
            await insert(tx, rows)
    assert await counts(begin) == (0, 0)


async def test_no_rows_are_no_statement(begin: Begin, shop: Shop) -> None:
    rows = Rows()
    rows.add(RECORDS)
    async with begin(shop.scope) as tx:
        await insert(tx, rows)
        await insert(tx, Rows())
