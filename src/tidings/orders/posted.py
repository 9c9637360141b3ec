"""A batch as it was posted: orders one by one, so that what is wrong with one harms no other. Pure."""

import json
from contextlib import suppress
from typing import Any, Final

from pydantic_core import from_json, to_json

from tidings.kit.problem import Fault, InvalidInput
from tidings.kit.storable import unstorable

MAX_ORDERS: Final = 500
# As it stands in what `to_json` has written.
_NUL: Final = b"\\u0000"


def posted_orders(body: bytes) -> list[Any]:
    """The orders of a batch, parsed; whether each is sound is for its own check to say.

    Raises:
        InvalidInput: it is no batch.
    """
    posted = _parsed(body)
    if not isinstance(posted, dict) or not isinstance(posted.get("orders"), list):
        raise InvalidInput(faults=[Fault("/orders", "is required: a list of orders")])
    faults = [Fault(f"/{name}", "is not a field of this request") for name in posted if name != "orders"]
    if not 1 <= len(posted["orders"]) <= MAX_ORDERS:
        faults.append(Fault("/orders", f"must hold 1 to {MAX_ORDERS} orders"))
    if faults:
        raise InvalidInput(faults=faults)
    orders: list[Any] = posted["orders"]
    return orders


def _parsed(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError as error:
        # It refuses halves of surrogate pairs, wherever they stand; Python's own parser leaves them to be judged.
        with suppress(ValueError, RecursionError):
            return json.loads(body)
        raise InvalidInput(faults=[Fault("", f"is not JSON: {error}")]) from error


def written(order: Any) -> bytes | InvalidInput:
    """One order of a batch as if it had been posted alone; or why it cannot be stored, whatever else it says."""
    try:
        raw = to_json(order)
    except ValueError:
        return InvalidInput(faults=list(unstorable(order)) or [Fault("", "is nested too deeply")])
    faults = list(unstorable(order)) if _NUL in raw else []
    return InvalidInput(faults=faults) if faults else raw
