"""What a table knows of people, as the slice that owns it says: how long its rows are kept, and what erasure leaves.

Retention, erasure and export are made of these descriptions alone: a table without one fails a test, and so does a
text that is classified nowhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, JSON, Column, LargeBinary, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from tidings.kit.kinds import Kind
from tidings.kit.scope import Scope

# In the place of an address that was erased.
ERASED: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """One table, or some rows of one."""

    table: Table
    kind: Kind
    # Columns of text, JSON or bytes that say nothing of a customer.
    plain: Sequence[str]
    # Those that do, or may, and what takes their place: an SQL expression over the row.
    personal: Mapping[str, str] = field(default_factory=dict)
    # The column that names the order; empty: the rows belong to none.
    order: str = "order_id"
    # The instant from which a row's time is counted; empty: it goes with its order.
    age: str = ""
    # Which rows are a person's, over the names of `Whose`; empty: those of the person's orders.
    whose: str = ""
    # What else changes when a row is emptied: further assignments.
    beside: str = ""
    # What must be done to these rows before they are emptied: a statement over the names of `Whose`.
    before: str = ""
    # Erasure takes the rows away instead of emptying them.
    is_removed: bool = False
    # Which rows the law has kept, whoever asks.
    by_law: str = ""
    # Rows without an order that retention takes away by their age.
    loose: str = ""
    # The address that such a row is about, in the one spelling: an SQL expression. Who is under a hold is known by it.
    about: str = ""
    # False for what only repeats other rows, or is the machine's own.
    is_exported: bool = True

    @property
    def theirs(self) -> str:
        """The condition by which a person's rows are found."""
        return self.whose or f"storefront_id = :storefront AND {self.order} = ANY(:orders)"

    @property
    def has_orders(self) -> bool:
        """Whether its rows belong to orders."""
        return bool(self.order) and not self.whose


@dataclass(frozen=True, slots=True)
class Whose:
    """A person, as far as rows are found by it: orders, messages, addresses."""

    scope: Scope
    orders: Sequence[UUID]
    # In the one spelling in which they are compared.
    addresses: Sequence[str] = ()
    # Wire ids.
    order_names: Sequence[str] = ()
    message_names: Sequence[str] = ()

    def values(self) -> dict[str, tuple[str, Any]]:
        """By name, type and value of what a condition may ask for."""
        return {
            "storefront": ("uuid", self.scope.storefront_id),
            "mode": ("text", self.scope.mode),
            "orders": ("uuid[]", list(self.orders)),
            "addresses": ("text[]", list(self.addresses)),
            "order_names": ("text[]", list(self.order_names)),
            "message_names": ("text[]", list(self.message_names)),
        }


_NAME = re.compile(r"(?<![:\w]):([a-z_]+)\b")


def bound(sql: str, values: Mapping[str, tuple[str, Any]]) -> tuple[str, list[Any]]:
    """`:orders` and the like as `$1::uuid[]`, with the arguments in their order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}::{values[name][0]}"

    text = _NAME.sub(number, sql)
    return text, [values[name][1] for name in names]


def erasing(keeping: Keeping) -> str | None:
    """The statement that takes a person out of the table; None where there is nothing of one."""
    theirs = f"{keeping.theirs} AND NOT ({keeping.by_law})" if keeping.by_law else keeping.theirs
    name = keeping.table.name
    if keeping.is_removed:
        return f"DELETE FROM {name} WHERE {theirs}"  # noqa: S608 - names and conditions of our own
    if not keeping.personal:
        return None
    news = ", ".join(f'"{column}" = {value}' for column, value in keeping.personal.items())
    news += f", {keeping.beside}" if keeping.beside else ""
    return f"UPDATE {name} SET {news} WHERE {theirs}"  # noqa: S608 - names and conditions of our own


def exporting(keeping: Keeping) -> str:
    """The statement that reads a person's rows as JSON texts, in the order of their keys."""
    told = ", ".join(each for column in keeping.table.columns if _is_told(column) for each in _told(column))
    keys = ", ".join(f'"{column.name}"' for column in keeping.table.primary_key.columns)
    rows = f"SELECT {told} FROM {keeping.table.name} WHERE {keeping.theirs} ORDER BY {keys}"  # noqa: S608 - names of our own
    return f"SELECT row_to_json(t)::text AS row FROM ({rows}) t"  # noqa: S608 - names of our own


# The machine's own, of no use to anybody outside.
_UNTOLD: Final = frozenset({"storefront_id", "xid", "sequence", "trace", "dedupe_key", "version"})


# Bytes that are told, in hexadecimal: with them people can prove that a record's digest is that of what was said.
_SALT: Final = "salt"


def _is_told(column: Column[Any]) -> bool:
    is_bytes = isinstance(column.type, LargeBinary)
    return column.name not in _UNTOLD and (not is_bytes or column.name == _SALT)


def _told(column: Column[Any]) -> Iterator[str]:
    if column.name == _SALT:
        yield f'encode("{_SALT}", \'hex\') AS "{_SALT}"'
        return
    yield f'"{column.name}"'
    is_to_the_letter = isinstance(column.type, JSON) and not isinstance(column.type, JSONB)
    if is_to_the_letter and _SALT in column.table.columns:
        # The digest is over these very letters, which a reader of JSON does not keep.
        yield f'"{column.name}"::text AS "{column.name}_text"'


def is_textual(column: Column[Any]) -> bool:
    """Whether a column could say something of somebody."""
    return isinstance(column.type, (String, JSON, LargeBinary, ARRAY))
