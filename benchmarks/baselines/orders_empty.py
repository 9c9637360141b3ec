"""FastAPI's own endpoint: the same body and response model, and no database at all."""

from benchmarks.baselines.answers import answer, application
from tidings.kit.clock import SystemClock
from tidings.kit.ids import new_id
from tidings.orders.schemas import Order, PlaceOrder

app = application()
clock = SystemClock()


@app.post("/v1/orders", status_code=201)
async def place(body: PlaceOrder) -> Order:
    """Answer, and forget."""
    return answer(body, new_id(), body.number or "", clock.now())
