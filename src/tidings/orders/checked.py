"""A checked order: what `check` hands to `place_orders`, ready to become rows and an answer without another look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tidings.kit.db import Mode
from tidings.kit.ids import wire
from tidings.kit.problem import Fault
from tidings.kit.rows import Row
from tidings.orders.head import OrderHead, head_json
from tidings.orders.states import OrderStatus
from tidings.storefronts.kinds import Channel


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """An order that may be stored: the columns of `orders` by name, its lines, and its JSON, made once.

    `details` is JSON text for the column of that name. An incomplete order (`missing` is not empty) keeps its lines
    inside `details`, as far as they were told, and has no `lines` of its own until it is completed.
    """

    # None: tidings gives the number.
    number: str | None
    notify: bool
    placed_at: datetime
    sales_channel: str
    customer_email: str | None
    # E.164.
    customer_phone: str | None
    customer_name: str | None
    locale: str
    time_zone: str
    total: int
    currency: str
    estimated_from: date | None
    estimated_to: date | None
    details: str
    missing: tuple[Fault, ...]
    # Each is the columns of `order_lines` by name, but for whose line it is.
    lines: Sequence[Row]
    # For Party and for policies.
    preferred_channel: Channel
    devices: Sequence[dict[str, str]]
    payment_method: str | None
    # The order's JSON behind the head: `"placed_at":…,…,"lines":[…]}`.
    tail: str

    @property
    def status(self) -> OrderStatus:
        """What the order starts as."""
        return "incomplete" if self.missing else "received"

    def answer(self, order_id: UUID, number: str, mode: Mode, received_at: datetime) -> str:
        """The order as the API answers it right after receipt: the body of the 201 and the `order` of the snapshot.

        Args:
            order_id: its id.
            number: its number, the storefront's or ours.
            mode: live or test.
            received_at: our commit.
        """
        head = OrderHead(
            id=wire("ord", order_id),
            number=number,
            mode=mode,
            status=self.status,
            received_at=received_at,
            updated_at=received_at,
            missing=self.missing,
        )
        return head_json(head) + self.tail
