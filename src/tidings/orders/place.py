"""Places orders: what was checked is stored, with everything that must follow from it. One order is a list of one.

Bad items fail alone. The same key gives the same answer, whether its first request came a moment ago, sits in the
same list, or runs in another process.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from tidings.kit.db import Begin
from tidings.kit.outage import is_database_away
from tidings.kit.problem import Problem, Unavailable
from tidings.kit.scope import Scope
from tidings.kit.stretches import let_others_in
from tidings.milestones.follow import consequences
from tidings.orders.errors import NumberTaken, OrderNotStored
from tidings.orders.meet import FirstAnswer, Met, Stopped, meetings
from tidings.orders.number import number_of, take_numbers
from tidings.orders.placing import Item, Placing, item_of, status_of
from tidings.orders.store import HALF_KEYED, store_orders

log = structlog.get_logger(__name__)

# What Postgres or its driver says of values that the check let through; anything else is our own fault.
_ABOUT_THE_DATA: Final = (
    asyncpg.DataError,
    asyncpg.exceptions.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.exceptions.ProgramLimitExceededError,
    UnicodeError,
    OverflowError,
)

# Others were quicker: a race for a number, or locks in a circle. Tried again so often.
_ABOUT_THE_MOMENT: Final = (HALF_KEYED, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_TRIES: Final = 4
# In one statement: building and sending more would hold up everybody else on the loop.
_MOST_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer: the order as stored now, or as it was stored when the key was first used."""

    order_id: UUID
    status: int
    # JSON text.
    body: str
    replayed: bool = False


async def place_orders(placings: Sequence[Placing], *, begin: Begin, now: datetime) -> list[Placed | Problem]:
    """Place many orders at once; each has its own outcome, in the order given.

    Args:
        placings: checked orders, of any storefronts.
        begin: where they are stored.
        now: the time of receipt: all clocks start here.

    Returns:
        For each: what was placed; or NumberTaken, KeyUsedOtherwise, OrderNotStored. Unavailable if the database goes
        away once some have been stored: these are told, so that nobody sends them again.
    """
    outcomes: dict[int, Placed | Problem] = {}
    left = list(range(len(placings)))
    while left:
        # What shares a number or a key with another in the list waits for its outcome, and then meets it.
        turn, left = _without_twins(placings, left)
        try:
            async with begin.statement() as connection:
                outcomes |= zip(turn, await _place(connection, [placings[n] for n in turn], now), strict=True)
        except Exception as error:
            if not outcomes or not is_database_away(error):
                raise
            log.warning("order.not_stored", error=type(error).__name__, count=len(turn) + len(left))
            outcomes |= {n: _unavailable() for n in (*turn, *left)}
            left = []
    if any(isinstance(outcome, Placed) and not outcome.replayed for outcome in outcomes.values()):
        begin.on_work()
    return [outcomes[n] for n in range(len(placings))]


def _without_twins(placings: Sequence[Placing], left: Sequence[int]) -> tuple[list[int], list[int]]:
    seen: set[tuple[Any, ...]] = set()
    turn: list[int] = []
    later: list[int] = []
    for n in left:
        placing = placings[n]
        marks = {(placing.scope, "number", placing.order.number), (placing.scope, "key", placing.key)}
        marks = {mark for mark in marks if mark[2] is not None}
        (later if seen & marks or len(turn) == _MOST_AT_ONCE else turn).append(n)
        seen |= marks
    return turn, later


async def _place(connection: asyncpg.Connection, placings: Sequence[Placing], now: datetime) -> list[Placed | Problem]:
    try:
        return await _together(connection, placings, now)
    except Exception as error:
        if is_database_away(error):
            raise
    # One of them is to blame, or the moment: each by itself, so that nobody fails for another.
    return [await _alone(connection, placing, now) for placing in placings]


async def _together(
    connection: asyncpg.Connection, placings: Sequence[Placing], now: datetime
) -> list[Placed | Problem]:
    items = await _items(connection, placings, now)
    await let_others_in(len(placings))
    rest = consequences(
        [item.fact for item in items], {item.placing.shop.storefront_id: item.placing.shop for item in items}
    )
    await let_others_in(len(placings))
    stored = await store_orders(connection, [item.storing for item in items], rest)
    # From here on nothing is raised: what is stored is told, and is not placed a second time.
    found = await _met(connection, [item for item in items if item.storing.order["id"] not in stored])
    return [await _outcome(connection, item, found, now) for item in items]


async def _met(connection: asyncpg.Connection, missed: Sequence[Item]) -> Mapping[UUID, Met | Unavailable]:
    if not missed:
        return {}
    try:
        return await meetings(connection, [_stopped(item) for item in missed])
    except Exception as error:  # noqa: BLE001 - whatever it is, the others of the list have been stored
        log.warning("order.not_met", error=type(error).__name__, count=len(missed))
        return {item.storing.order["id"]: _unavailable() for item in missed}


async def _alone(connection: asyncpg.Connection, placing: Placing, now: datetime) -> Placed | Problem:
    for _ in range(_TRIES):
        try:
            return (await _together(connection, [placing], now))[0]
        except _ABOUT_THE_MOMENT:
            continue
        except _ABOUT_THE_DATA as error:
            log.error("order.not_stored", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))  # noqa: TRY400 - quotes data
            return OrderNotStored()
        except Exception as error:
            if is_database_away(error):
                log.warning("order.not_stored", error=type(error).__name__)
                break
            # Our own mistake, which this order has brought to light: its neighbours are placed all the same.
            log.exception("order.not_stored", error=type(error).__name__)
            return OrderNotStored()
    else:
        log.error("order.not_stored", error="TooManyTries", count=_TRIES)
    return _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable(headers={"Retry-After": "1"})


async def _outcome(
    connection: asyncpg.Connection, item: Item, found: Mapping[UUID, Met | Unavailable], now: datetime
) -> Placed | Problem:
    order_id: UUID = item.storing.order["id"]
    met = found.get(order_id)
    if met is None:
        return Placed(order_id, status_of(item.placing.order), item.body)
    if isinstance(met, NumberTaken) and item.placing.order.number is None:
        # The storefront has used a number of our series by itself: a later one, then.
        return await _alone(connection, replace(item.placing, misses=item.placing.misses + 1), now)
    return placed_before(met) if isinstance(met, FirstAnswer) else met


def placed_before(first: FirstAnswer) -> Placed:
    """The first answer as it is given again."""
    return Placed(first.order_id, first.status, first.body, replayed=True)


def _stopped(item: Item) -> Stopped:
    placing = item.placing
    return Stopped(item.storing.order["id"], placing.scope, item.number, placing.key, placing.fingerprint)


async def _items(connection: asyncpg.Connection, placings: Sequence[Placing], now: datetime) -> list[Item]:
    unnumbered: dict[Scope, int] = {}
    for placing in placings:
        if placing.order.number is None:
            unnumbered[placing.scope] = unnumbered.get(placing.scope, 0) + placing.figures
    given = {scope: iter(await take_numbers(connection, scope, count)) for scope, count in unnumbered.items()}
    return [
        item_of(placing, placing.order.number or _number(placing, given[placing.scope]), now) for placing in placings
    ]


def _number(placing: Placing, given: Iterator[int]) -> str:
    return number_of(next(islice(given, placing.figures - 1, None)), placing.shop)
