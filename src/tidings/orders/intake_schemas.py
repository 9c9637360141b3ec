"""Wire models of the batch: many orders, and the outcome of each."""

from typing import Any

from pydantic import ConfigDict, Field

from tidings.orders.fields import Wire
from tidings.orders.schemas import MissingPart, Order, OrderDetails, OrderLine, PlaceOrder
from tidings.orders.states import OrderStatus


class PlaceOrders(Wire):
    """Up to 500 orders."""

    orders: list[PlaceOrder] = Field(min_length=1, max_length=500, description="Each is judged by itself")


class BatchOutcome(Wire):
    """What became of one order of a batch."""

    # The others are left out where they say nothing.
    model_config = ConfigDict(json_schema_extra={"required": ["status"]})

    status: int = Field(description="As if it had been posted alone: 201, 202, 409, 422, 503", examples=[201])
    replayed: bool = Field(default=False, description="True when this is the first answer again, and others are not")
    order: Order | None = Field(None, description="The order, when it was stored")
    problem: dict[str, Any] | None = Field(None, description="The problem document, when it was not")


class BatchAnswer(Wire):
    """The outcomes, in the order given."""

    results: list[BatchOutcome] = Field(description="One for each order posted")


class ValidOrder(OrderDetails):
    """What an order would be stored as."""

    status: OrderStatus = Field(description="`received`, or `incomplete`", examples=["received"])
    missing: list[MissingPart] = Field(description="What it lacks", examples=[[]])
    lines: list[OrderLine] | None = Field(description="What was ordered")
