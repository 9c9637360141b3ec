"""Ids: UUIDv7 inside (so an id is also a time), `prefix_hex` on the wire (opaque to callers)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import uuid_utils
from asyncpg.pgproto.pgproto import UUID as QuickUUID  # noqa: N811 - the driver's own, made and sent three times as fast

Prefix = Literal[
    "stf", "key", "ord", "shp", "she", "iss", "chg", "rfd", "msg", "att", "rcp", "con", "tpl",
    "doc", "ddl", "tsk", "rec", "evt", "whk", "sup", "nte", "com", "stk", "apv", "hld", "exp", "ers", "rtn",
    "rev", "fbk", "tcm",
]  # fmt: skip

_HEX_DIGITS = 32


def new_id() -> UUID:
    """A new time-ordered id; ids made by one process sort in the order they were made."""
    made: UUID = QuickUUID(uuid_utils.uuid7().bytes)
    return made


def first_id_at(at: datetime) -> UUID:
    """An id before all that are made from this instant on: ids are times, so a range of time is a range of ids."""
    return UUID(int=max(int(at.timestamp() * 1000), 0) << 80)


def wire(prefix: Prefix, value: UUID) -> str:
    """`ord_0198…`: what callers see of an id."""
    return f"{prefix}_{value.hex}"


def parse(prefix: Prefix, text: str) -> UUID | None:
    """The id behind a wire form, or None when the text is not one (to a caller: not found)."""
    head, _, digits = text.partition("_")
    if head != prefix or len(digits) != _HEX_DIGITS or not digits.isascii():
        return None
    try:
        return UUID(hex=digits)
    except ValueError:
        return None
