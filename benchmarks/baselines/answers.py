"""What the order baselines have in common: the pydantic models of the contract, and the answer made of a body."""

from datetime import datetime
from uuid import UUID

from fastapi import FastAPI

from tidings.orders.schemas import Order, OrderLine, PlaceOrder


def application() -> FastAPI:
    """FastAPI as it comes, but for its own telemetry, which is off in tidings, too."""
    return FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})


def answer(body: PlaceOrder, order_id: UUID, number: str, now: datetime) -> Order:
    """The order as it is answered: what was validated as a body is not validated again."""
    known = dict(body)
    known |= {"placed_at": body.placed_at or now, "number": number, "lines": _lines(body)}
    return Order.model_construct(
        **known,
        id=f"ord_{order_id.hex}",
        mode="live",
        status="received",
        on_hold=False,
        version=1,
        received_at=now,
        updated_at=now,
        payment_check="pending",
        stock_check="pending",
        missing=[],
    )


def _lines(body: PlaceOrder) -> list[OrderLine]:
    return [OrderLine.model_construct(line=n, **dict(line)) for n, line in enumerate(body.lines or [], start=1)]
