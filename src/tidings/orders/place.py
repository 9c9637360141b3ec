"""Places orders: what was checked is stored, with everything that must follow from it. One order is a list of one.

Bad items fail alone. The same key gives the same answer, whether its first request came a moment ago, sits in the
same list, or runs in another process.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog

from tidings.kit.db import Begin
from tidings.kit.ids import new_id, wire
from tidings.kit.outage import is_database_away
from tidings.kit.problem import Problem
from tidings.kit.rows import Row
from tidings.kit.scope import Scope
from tidings.kit.stretches import let_others_in
from tidings.milestones.facts import Fact, Party
from tidings.milestones.follow import consequences
from tidings.orders.checked import CheckedOrder
from tidings.orders.errors import NumberTaken, OrderNotStored
from tidings.orders.meet import FirstAnswer, Met, Stopped, meetings
from tidings.orders.number import number_of, take_numbers
from tidings.orders.store import HALF_KEYED, Storing, store_orders
from tidings.storefronts.rules import ShopRules

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

CREATED: Final = 201
STORED_INCOMPLETE: Final = 202


@dataclass(frozen=True, slots=True)
class Placing:
    """One order that is to be placed."""

    scope: Scope
    shop: ShopRules
    order: CheckedOrder
    actor: str
    # The Idempotency-Key, and what it was used for.
    key: str | None = None
    fingerprint: bytes = b""
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer: the order as stored now, or as it was stored when the key was first used."""

    order_id: UUID
    status: int
    # JSON text.
    body: str
    replayed: bool = False


@dataclass(slots=True)
class _Item:
    placing: Placing
    number: str
    storing: Storing
    body: str
    fact: Fact


async def place_orders(placings: Sequence[Placing], *, begin: Begin, now: datetime) -> list[Placed | Problem]:
    """Place many orders at once; each has its own outcome, in the order given.

    Args:
        placings: checked orders, of any storefronts.
        begin: where they are stored.
        now: the time of receipt: all clocks start here.

    Returns:
        For each: what was placed; or NumberTaken, KeyUsedOtherwise, OrderNotStored.
    """
    outcomes: dict[int, Placed | Problem] = {}
    left = list(range(len(placings)))
    while left:
        # What shares a number or a key with another in the list waits for its outcome, and then meets it.
        turn, left = _without_twins(placings, left)
        async with begin.statement() as connection:
            outcomes |= zip(turn, await _place(connection, [placings[n] for n in turn], now), strict=True)
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
        (later if seen & marks else turn).append(n)
        seen |= marks
    return turn, later


async def _place(connection: asyncpg.Connection, placings: Sequence[Placing], now: datetime) -> list[Placed | Problem]:
    items = await _items(connection, placings, now)
    await let_others_in(len(placings))
    try:
        rest = consequences(
            [item.fact for item in items], {item.placing.shop.storefront_id: item.placing.shop for item in items}
        )
        await let_others_in(len(placings))
        stored = await store_orders(connection, [item.storing for item in items], rest)
    except Exception as error:
        if is_database_away(error):
            raise
        if len(placings) > 1:
            # One of them is to blame: it fails alone.
            return [(await _place(connection, [placing], now))[0] for placing in placings]
        if isinstance(error, HALF_KEYED):
            return await _place(connection, placings, now)
        if not isinstance(error, _ABOUT_THE_DATA):
            raise
        log.error("order.not_stored", error=type(error).__name__, sqlstate=getattr(error, "sqlstate", None))  # noqa: TRY400 - quotes data
        return [OrderNotStored()]
    missed = [item for item in items if item.storing.order["id"] not in stored]
    found = await meetings(connection, [_stopped(item) for item in missed]) if missed else {}
    return [await _outcome(connection, item, found, now) for item in items]


async def _outcome(
    connection: asyncpg.Connection, item: _Item, found: Mapping[UUID, Met], now: datetime
) -> Placed | Problem:
    order_id: UUID = item.storing.order["id"]
    met = found.get(order_id)
    if met is None:
        return Placed(order_id, _status(item.placing.order), item.body)
    if isinstance(met, NumberTaken) and item.placing.order.number is None:
        # The storefront has used a number of our series by itself: the next one, then.
        return (await _place(connection, [item.placing], now))[0]
    return Placed(met.order_id, met.status, met.body, replayed=True) if isinstance(met, FirstAnswer) else met


def _stopped(item: _Item) -> Stopped:
    placing = item.placing
    return Stopped(item.storing.order["id"], placing.scope, item.number, placing.key, placing.fingerprint)


async def _items(connection: asyncpg.Connection, placings: Sequence[Placing], now: datetime) -> list[_Item]:
    unnumbered: dict[Scope, int] = {}
    for placing in placings:
        if placing.order.number is None:
            unnumbered[placing.scope] = unnumbered.get(placing.scope, 0) + 1
    given = {scope: iter(await take_numbers(connection, scope, count)) for scope, count in unnumbered.items()}
    return [
        _item(placing, placing.order.number or number_of(next(given[placing.scope]), placing.shop), now)
        for placing in placings
    ]


def _item(placing: Placing, number: str, now: datetime) -> _Item:
    order, scope, order_id = placing.order, placing.scope, new_id()
    body = order.answer(order_id, number, scope.mode, now)
    fact = Fact(
        kind="order.left_incomplete" if order.missing else "order.placed",
        scope=scope,
        order_id=order_id,
        order_seq=1,
        subject=wire("ord", order_id),
        at=now,
        actor=placing.actor,
        snapshot=f'{{"order":{body}}}',
        party=Party(
            name=order.customer_name,
            email=order.customer_email,
            phone=order.customer_phone,
            devices=order.devices,
            preferred_channel=order.preferred_channel,
            locale=order.locale,
            time_zone=order.time_zone,
            notify=order.notify,
        ),
        data={"status": order.status, "sales_channel": order.sales_channel, "lines": len(order.lines)},
        trace=placing.trace,
    )
    storing = Storing(
        order=_order_row(placing, order_id, number, now),
        lines=[{"storefront_id": scope.storefront_id, "order_id": order_id, **line} for line in order.lines],
        key=_key_row(placing, order_id, now),
    )
    return _Item(placing, number, storing, body, fact)


_COPIED: Final = (
    "notify", "placed_at", "sales_channel", "customer_email", "customer_phone", "customer_name", "locale",
    "time_zone", "total", "currency", "estimated_from", "estimated_to", "details", "status",
)  # fmt: skip


def _order_row(placing: Placing, order_id: UUID, number: str, now: datetime) -> Row:
    order = placing.order
    missing = [{"pointer": fault.pointer, "detail": fault.detail} for fault in order.missing]
    row: dict[str, Any] = {name: getattr(order, name) for name in _COPIED}
    return row | {
        "storefront_id": placing.scope.storefront_id,
        "id": order_id,
        "mode": placing.scope.mode,
        "number": number,
        "on_hold": False,
        "received_at": now,
        "updated_at": now,
        "missing": json.dumps(missing) if missing else "[]",
        "payment_check": "pending",
        "stock_check": "pending",
        "last_seq": 1,
        "version": 1,
    }


def _key_row(placing: Placing, order_id: UUID, now: datetime) -> Mapping[str, Any] | None:
    if placing.key is None:
        return None
    return {
        "storefront_id": placing.scope.storefront_id,
        "mode": placing.scope.mode,
        "key": placing.key,
        "fingerprint": placing.fingerprint,
        "status": _status(placing.order),
        "order_id": order_id,
        "created_at": now,
    }


def _status(order: CheckedOrder) -> int:
    return STORED_INCOMPLETE if order.missing else CREATED
