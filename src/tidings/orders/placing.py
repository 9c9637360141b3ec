"""An order that is to be placed, and what it becomes: its rows, its answer, its fact. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tidings.kit.ids import new_id, wire
from tidings.kit.rows import Row
from tidings.kit.scope import Scope
from tidings.milestones.facts import Fact, Party
from tidings.orders.checked import CheckedOrder
from tidings.orders.store import Storing
from tidings.storefronts.rules import ShopRules

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
    # How often a number of our series was found taken.
    misses: int = 0

    @property
    def figures(self) -> int:
        """How many of our series to take, the last of which is its own; the others are left out.

        Where the storefront has used our series by itself, perhaps thousands of times in a row, each try goes twice as
        far as the one before.
        """
        return max(1, (1 << self.misses) // 2)


@dataclass(slots=True)
class Item:
    """The same with its number, and all that is written of it."""

    placing: Placing
    number: str
    storing: Storing
    body: str
    fact: Fact


def item_of(placing: Placing, number: str, now: datetime) -> Item:
    """What an order becomes under this number, received now."""
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
    return Item(placing, number, storing, body, fact)


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
        "status": status_of(placing.order),
        "order_id": order_id,
        "created_at": now,
    }


def status_of(order: CheckedOrder) -> int:
    """The HTTP status of the answer to it."""
    return STORED_INCOMPLETE if order.missing else CREATED
