"""Many rows of many tables in one statement: slices say which rows, one round trip writes them all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple

from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.types import TypeEngine

from tidings.kit.db import Tx

Row = Mapping[str, Any]


def json_text(value: Any) -> str:
    """Ready text for a JSON column."""
    return to_json(value).decode()


_PARAMETER: Final = re.compile(r"\$(\d+)")

# Array type of the parameter, and the cast that makes the column's value of one element.
_ARRAYS: Sequence[tuple[type[TypeEngine[Any]], str, str]] = (
    (Uuid, "uuid[]", ""),
    (JSONB, "text[]", "::jsonb"),
    (JSON, "text[]", "::json"),
    (SmallInteger, "int2[]", ""),
    (BigInteger, "int8[]", ""),
    (Integer, "int4[]", ""),
    (Boolean, "bool[]", ""),
    (DateTime, "timestamptz[]", ""),
    (Date, "date[]", ""),
    (Numeric, "numeric[]", ""),
    (LargeBinary, "bytea[]", ""),
    (Text, "text[]", ""),
)


@dataclass(slots=True)
class Rows:
    """Rows to be inserted, by table, in the order in which the tables were first named.

    JSON columns take ready JSON text. All rows of one table name the same columns.
    """

    by_table: dict[Table, list[Row]] = field(default_factory=dict)
    # Tables whose rows are left out where a unique key already has one.
    unless_there: set[Table] = field(default_factory=set)

    def add(self, table: Table, *rows: Row) -> None:
        """Owe these rows of this table."""
        self.by_table.setdefault(table, []).extend(rows)

    def merge(self, other: "Rows") -> None:
        """Owe what another owes, too."""
        for table, rows in other.by_table.items():
            self.add(table, *rows)
        self.unless_there |= other.unless_there


async def insert(tx: Tx, rows: Rows) -> None:
    """Insert all of these rows in one statement."""
    shape = shape_of(rows)
    if shape:
        await tx.flush()
        await tx.raw.execute(insert_sql(shape), *arguments(rows, shape))


# Per table: its columns as the rows name them, and how its statement ends.
Shape = tuple[tuple[Table, tuple[str, ...], str], ...]


def shape_of(rows: Rows) -> Shape:
    """What the statement depends on: the same shape is the same (prepared) statement."""
    return tuple(
        (table, tuple(many[0]), "ON CONFLICT DO NOTHING" if table in rows.unless_there else "")
        for table, many in rows.by_table.items()
        if many
    )


def arguments(rows: Rows, shape: Shape) -> list[list[Any]]:
    """One array per column, tables and columns in the order of the shape."""
    return [[row[column] for row in rows.by_table[table]] for table, columns, _ in shape for column in columns]


@lru_cache(maxsize=256)
def insert_sql(shape: Shape) -> str:
    """One INSERT … SELECT FROM unnest(…) per table, all but the last as a common table expression."""
    parts, first = [], 1
    for table, columns, tail in shape:
        parts.append(insert_part(table, columns, first, tail=tail))
        first += len(columns)
    return _one_statement(parts)


def _one_statement(parts: Sequence[str]) -> str:
    *heads, last = parts
    with_clause = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(heads))
    return f"WITH {with_clause} {last}" if heads else last


def insert_part(table: Table, columns: Sequence[str], first: int, *, where: str = "", tail: str = "") -> str:
    """`INSERT INTO t (…) SELECT … FROM unnest($first::…[], …) AS u(…)`, with a condition and an ending if given."""
    source, values = _unnested(table, columns, first)
    names = ", ".join(f'"{column}"' for column in columns)
    # Table, column and type names come from our own MetaData, never from input.
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values.values())} FROM {source} {where} {tail}"  # noqa: S608


def _unnested(table: Table, columns: Sequence[str], first: int) -> tuple[str, dict[str, str]]:
    """`unnest($first::…[], …) AS u(…)`, and by column what is made of its element."""
    kinds = {column: _array_of(table.c[column].type) for column in columns}
    params = ", ".join(f"${first + n}::{array}" for n, (array, _) in enumerate(kinds.values()))
    names = ", ".join(f'"{column}"' for column in columns)
    return f"unnest({params}) AS u({names})", {column: f'u."{column}"{cast}' for column, (_, cast) in kinds.items()}


class Part(NamedTuple):
    """A statement that changes rows and answers nothing, to be carried out together with others.

    All parts see the rows as they were before, so no two of them may change the same one.
    """

    # Its own parameters, from $1 on.
    sql: str
    arguments: Sequence[Any]


def insertions(rows: Rows) -> list[Part]:
    """Inserts all of these rows."""
    shape = shape_of(rows)
    return [Part(insert_sql((one,)), arguments(rows, (one,))) for one in shape]


def changes(table: Table, rows: Iterable[Row]) -> list[Part]:
    """Changes these rows; each names its whole primary key, and the values that its other columns get."""
    many = Rows()
    many.add(table, *rows)
    shape = shape_of(many)
    return [Part(_change_sql(table, columns), arguments(many, shape)) for _, columns, _ in shape]


async def write(tx: Tx, *parts: Part) -> None:
    """Carry out all of these in one statement."""
    if parts:
        await tx.flush()
        await tx.raw.execute(_joined(tuple(part.sql for part in parts)), *chain(*(part.arguments for part in parts)))


@lru_cache(maxsize=256)
def _joined(parts: tuple[str, ...]) -> str:
    """The parts as one statement, with running numbers."""
    numbered, before = [], 0
    for sql in parts:
        texts = _PARAMETER.split(sql)
        # Text and number by turns.
        texts[1::2] = [f"${int(number) + before}" for number in texts[1::2]]
        numbered.append("".join(texts))
        before += max(map(int, _PARAMETER.findall(sql)))
    return _one_statement(numbered)


@lru_cache(maxsize=64)
def _change_sql(table: Table, columns: tuple[str, ...]) -> str:
    """`UPDATE t SET … FROM unnest(…) AS u(…)`, joined on the primary key."""
    keys = table.primary_key.columns.keys()
    source, values = _unnested(table, columns, 1)
    news = ", ".join(f'"{column}" = {values[column]}' for column in columns if column not in keys)
    same = " AND ".join(f'{table.name}."{key}" = u."{key}"' for key in keys)
    return f"UPDATE {table.name} SET {news} FROM {source} WHERE {same}"  # noqa: S608 - names of our own


def _array_of(kind: TypeEngine[Any]) -> tuple[str, str]:
    for known, array, cast in _ARRAYS:
        if isinstance(kind, known):
            return array, cast
    message = f"no array form for {kind!r}"
    raise TypeError(message)
