"""Events as storefronts see them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Event(BaseModel):
    """A fact about an order, with a full snapshot of what it was when it happened."""

    id: str
    type: str = Field(description="What happened: `order.placed`, `shipment.dispatched` …")
    sequence: int = Field(description="Grows, with gaps; give it (or the id) as `after` to read on from here")
    order_sequence: int = Field(description="The fact's place among the facts about its order: 1, 2, 3 …")
    occurred_at: datetime
    data: dict[str, Any] = Field(
        description="`order_id`, `actor`, and the snapshot: `order` as it was, `shipment` if it is about one; of a "
        "review of the procedure only `actor` and `review`"
    )
