"""Rows are written with their types, all or none."""

import json

import asyncpg
import pytest

from tests.clock import FixedClock
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin
from tidings.kit.ids import new_id
from tidings.kit.rows import Part, Row, Rows, changes, insert, insertions, write
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


async def test_parts_of_many_makers_are_one_statement(begin: Begin, clock: FixedClock, shop: Shop) -> None:
    open_, other = task(shop, clock), task(shop, clock)
    async with begin(shop.scope) as tx:
        rows = Rows()
        rows.add(TASKS, open_, other)
        await write(tx, *insertions(rows))
        new = Rows()
        new.add(RECORDS, record(shop, clock))
        new.add(TASKS, task(shop, clock))
        keys = {name: open_[name] for name in ("storefront_id", "id")}
        changed = keys | {"summary": "ü", "data": '{"a": [1]}', "due_at": clock.now()}
        own = Part("UPDATE tasks SET owner = $2 WHERE id = ANY ($1)", ([other["id"]], "eve"))
        await write(tx, *insertions(new), own, *changes(TASKS, [changed]))
        stored = {row["id"]: row for row in await tx.raw.fetch("SELECT * FROM tasks")}
    one = stored[open_["id"]]
    assert (one["summary"], one["data"], one["due_at"], one["owner"]) == ("ü", {"a": [1]}, clock.now(), None)
    assert (stored[other["id"]]["owner"], stored[other["id"]]["summary"]) == ("eve", "s")
    assert await counts(begin) == (1, 3)


async def test_no_parts_are_no_statement(begin: Begin, shop: Shop) -> None:
    async with begin(shop.scope) as tx:
        await write(tx, *insertions(Rows()), *changes(TASKS, []))
