"""Many orders out of one: every row of an order that went through the product is copied, as another order's.

So the rows are what the product writes, whatever it comes to write; only ids, numbers, addresses and times differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

# Where models lie: tables of the same names, without keys. They have the columns that an INSERT may name.
MODELS: Final = "models"
_FIRST: Final = ("orders", "shipments", "messages", "attempts")
# Of these, the ids stand in other rows, too: `ord_…` in texts, foreign keys.
_NAMED: Final = {"orders": "id", "shipments": "id", "messages": "id", "attempts": "id"}
_TEXTS: Final = ("text", "json", "jsonb")
# Rows of the past have been sealed long ago: they are not left for the worker while something else is measured. (What
# sealing costs has a row of its own, records.seal; what the worker writes itself it seals, too.)
_SEALED: Final = """
INSERT INTO record_logs (storefront_id, size, xid, record_id, frontier, heads, head)
VALUES ($1, 0, pg_current_xact_id(), 'ffffffff-ffff-ffff-ffff-ffffffffffff', '', 0, decode(repeat('00', 32), 'hex'))
ON CONFLICT (storefront_id) DO UPDATE SET xid = excluded.xid, record_id = excluded.record_id
"""

_COLUMNS: Final = f"""
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.columns m
    ON m.table_schema = '{MODELS}' AND m.table_name = c.table_name AND m.column_name = c.column_name
WHERE c.table_schema = 'public' AND c.is_identity = 'NO' AND c.data_type <> 'xid8'
ORDER BY c.table_name, c.ordinal_position
"""  # noqa: S608 - a constant of this module


@dataclass(frozen=True, slots=True)
class Model:
    """An order that went through the product, by its id and by what is its alone."""

    order_id: UUID
    number: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What is wanted."""

    model: Model
    count: int
    # Numbers, phone numbers and mail addresses are made of it: no two clones may share one.
    first: int
    storefront_id: UUID
    connection_id: UUID
    # How old the youngest is, and the time between two of them.
    age: timedelta = timedelta()
    apart: timedelta = timedelta()
    # Tables whose rows are not copied.
    without: frozenset[str] = frozenset()
    # By table and column, SQL for what is otherwise than in the model.
    otherwise: Mapping[tuple[str, str], str] = field(default_factory=dict)


async def keep_model(connection: asyncpg.Connection, order_id: UUID) -> None:
    """Move an order's rows, all of them, aside."""
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {MODELS}")
    for table, condition in (await _conditions(connection)).items():
        await connection.execute(f"CREATE TABLE IF NOT EXISTS {MODELS}.{table} (LIKE public.{table})")
        moved = f"SELECT * FROM public.{table} WHERE {condition}"  # noqa: S608 - names of our own tables
        await connection.execute(f"INSERT INTO {MODELS}.{table} {moved}", order_id)
    for table, condition in (await _conditions(connection)).items():
        await connection.execute(f"DELETE FROM public.{table} WHERE {condition}", order_id)  # noqa: S608 - the same


async def _conditions(connection: asyncpg.Connection) -> dict[str, str]:
    """By table, which rows are an order's ($1); what depends on others comes first. Seals are nobody's to copy."""
    rows = await connection.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'order_id'"
        " AND table_name NOT LIKE 'sandbox%' AND table_name <> 'record_seals' ORDER BY 1"
    )
    attempts = "SELECT id FROM public.attempts WHERE order_id = $1"
    found = {"inbox": f"attempt_id IN ({attempts})"}
    found |= {row["table_name"]: "order_id = $1" for row in rows}
    return found | {"orders": "id = $1"}


async def clone(connection: asyncpg.Connection, copies: Copies) -> None:
    """Write the copies, all at once."""
    async with connection.transaction():
        # Copies of rows that fit together fit together: looking up each foreign key once more took a third of the time.
        await connection.execute("SET LOCAL session_replication_role = replica")
        columns = await _columns(connection)
        ids = await _ids(connection, copies.model, columns)
        await connection.execute(
            f"CREATE TEMP TABLE clones ON COMMIT DROP AS {_clones(len(ids))}",
            copies.first, copies.count, copies.apart, copies.age,
        )  # fmt: skip
        await connection.execute("ANALYZE clones")
        for table in columns:
            if table not in copies.without:
                await _copy(connection, table, columns[table], _Marks(copies, ids))
        await connection.execute(_SEALED, copies.storefront_id)


async def _columns(connection: asyncpg.Connection) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in await connection.fetch(_COLUMNS):
        found.setdefault(row["table_name"], []).append((row["column_name"], row["data_type"]))
    return found


async def _ids(connection: asyncpg.Connection, model: Model, columns: Mapping[str, Any]) -> list[str]:
    """The hexadecimal ids that each copy has its own of; the order's first."""
    found = [model.order_id.hex]
    for table in _FIRST[1:]:
        if table in columns:
            rows = await connection.fetch(
                f"SELECT {_NAMED[table]} AS id FROM {MODELS}.{table} WHERE order_id = $1",  # noqa: S608 - our names
                model.order_id,
            )
            found += [row["id"].hex for row in rows]
    sids = await connection.fetch(
        f"SELECT provider_message_id AS sid FROM {MODELS}.attempts WHERE order_id = $1",  # noqa: S608 - the same
        model.order_id,
    )
    return found + [row["sid"].removeprefix("SM") for row in sids if row["sid"]]


def _clones(ids: int) -> str:
    """One row for each copy: its ids as hexadecimal digits, UUIDv7 in their form and in their order."""
    instant = "(extract(epoch FROM clock_timestamp() - age) * 1000)::bigint"
    hexes = ", ".join(
        f"lpad(to_hex({instant}), 12, '0') || '7' || lpad(to_hex({k}), 3, '0') || '8' || lpad(to_hex(n), 15, '0')"
        f" AS h{k}"
        for k in range(ids)
    )
    # Names and numbers of our own.
    return (
        f"SELECT n, age, {hexes} FROM (SELECT n, ($1::bigint + $2::bigint - 1 - n) * $3::interval + $4 AS age "  # noqa: S608
        "FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n) AS numbered"
    )


class _Marks:
    """Turns one column of one row of the model into the expression of its copies."""

    def __init__(self, copies: Copies, ids: Sequence[str]) -> None:
        self.copies = copies
        model = copies.model
        self._hexes = {old: f"c.h{k}" for k, old in enumerate(ids)}
        self._texts = self._hexes | {
            model.number: "'C-' || lpad(c.n::text, 12, '0')",
            model.phone: "'+491511' || lpad((c.n % 10000000)::text, 7, '0')",
            # As it stands in a form or in an address.
            model.email: "'c' || c.n || '@example.com'",
        }

    def expression(self, table: str, column: str, kind: str, value: str | None) -> str:
        """SQL over `m`, the model's row, and `c`, a row of clones."""
        other = self.copies.otherwise.get((table, column))
        if other is not None:
            return other
        if value is None:
            return f'm."{column}"'
        if kind == "uuid":
            return self._uuid(table, column, value)
        if kind.startswith("timestamp"):
            return f'm."{column}" + (now() - $2::timestamptz) - c.age'
        return self._text(column, kind, value) if kind in _TEXTS else f'm."{column}"'

    def _uuid(self, table: str, column: str, value: str) -> str:
        known = self._hexes.get(value.replace("-", ""))
        if known is not None:
            return f"{known}::uuid"
        if column == "storefront_id":
            return f"'{self.copies.storefront_id}'::uuid"
        if column == "connection_id":
            return f"'{self.copies.connection_id}'::uuid"
        return "uuidv7(-c.age)" if column == "id" and table not in _NAMED else f'm."{column}"'

    def _text(self, column: str, kind: str, value: str) -> str:
        made = f'm."{column}"::text'
        for old, new in self._texts.items():
            if old in value:
                made = f"replace({made}, '{old}', {new})"
        return f"({made})::{kind}"


async def _copy(connection: asyncpg.Connection, table: str, columns: Sequence[tuple[str, str]], marks: _Marks) -> None:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    condition = (await _conditions(connection))[table].replace("public.", f"{MODELS}.")
    shown = ", ".join(f'm."{name}"::text AS "{name}"' for name, _ in columns)
    rows = await connection.fetch(
        f"SELECT m.ctid::text AS place, {shown} FROM {MODELS}.{table} m WHERE {condition}",  # noqa: S608 - our names
        marks.copies.model.order_id,
    )
    placed_at = await connection.fetchval(
        f"SELECT received_at FROM {MODELS}.orders WHERE id = $1",  # noqa: S608 - the same
        marks.copies.model.order_id,
    )
    for row in rows:
        values = ", ".join(marks.expression(table, name, kind, row[name]) for name, kind in columns)
        await connection.execute(
            f"INSERT INTO public.{table} ({names}) SELECT {values} FROM {MODELS}.{table} m CROSS JOIN clones c "  # noqa: S608
            "WHERE m.ctid = $1::text::tid AND $2::timestamptz IS NOT NULL ORDER BY c.n",
            row["place"],
            placed_at,
        )
