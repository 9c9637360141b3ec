"""What it takes to close an order: everything has arrived, nothing more will be done (documents/complete.py)."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """Close this order."""

    order_id: UUID | None
    actor: str
