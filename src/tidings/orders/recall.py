"""Recalls the first answers to requests that are refused now: what was good when it first came may not be any more.

Its day of delivery has passed, the shop has changed its rules or a price: whoever repeats a request under its key has
the order all the same, and is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tidings.kit.db import Begin
from tidings.kit.idempotency import KeyUsedOtherwise
from tidings.kit.ids import new_id
from tidings.kit.problem import Problem
from tidings.kit.scope import Scope
from tidings.orders.meet import FirstAnswer, Stopped, meetings
from tidings.orders.place import Placed, placed_before

# No order has it.
_NO_NUMBER = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that did not pass the check."""

    problem: Problem
    # The Idempotency-Key, and what it is used for.
    key: str | None = None
    fingerprint: bytes = b""


async def recall_answers(begin: Begin, scope: Scope, refused: Sequence[Refused]) -> list[Placed | Problem]:
    """For each: what was placed when its key was first used; KeyUsedOtherwise; else its own problem."""
    ids = [new_id() for _ in refused]
    keyed = [
        Stopped(stopped_id, scope, _NO_NUMBER, one.key, one.fingerprint)
        for stopped_id, one in zip(ids, refused, strict=True)
        if one.key is not None
    ]
    known: dict[UUID, Placed | Problem] = {}
    if keyed:
        async with begin.statement() as connection:
            met = await meetings(connection, keyed)
        known = {
            stopped_id: placed_before(first) if isinstance(first, FirstAnswer) else first
            for stopped_id, first in met.items()
            if isinstance(first, FirstAnswer | KeyUsedOtherwise)
        }
    return [known.get(stopped_id, one.problem) for stopped_id, one in zip(ids, refused, strict=True)]
