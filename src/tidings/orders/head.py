"""The head of an order's JSON: what tidings adds to what the storefront said; the only part that changes by verbs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring

from tidings.kit.problem import Fault


@dataclass(slots=True)
class OrderHead:
    """Where the order stands."""

    id: str
    number: str
    mode: str
    status: str
    received_at: datetime
    updated_at: datetime
    missing: Sequence[Fault] = ()
    version: int = 1
    on_hold: bool = False
    payment_check: str = "pending"
    stock_check: str = "pending"


def head_json(head: OrderHead) -> str:
    """`{"id":"ord_…",…,`, open at its end, so that the static part can follow."""
    missing = json.dumps([{"pointer": f.pointer, "detail": f.detail} for f in head.missing]) if head.missing else "[]"
    received_at = instant(head.received_at)
    updated_at = received_at if head.updated_at is head.received_at else instant(head.updated_at)
    return (
        f'{{"id":"{head.id}","number":{encode_basestring(head.number)},"mode":"{head.mode}",'
        f'"status":"{head.status}","on_hold":{"true" if head.on_hold else "false"},"version":{head.version},'
        f'"received_at":"{received_at}","updated_at":"{updated_at}",'
        f'"payment_check":"{head.payment_check}","stock_check":"{head.stock_check}","missing":{missing},'
    )


def instant(at: datetime) -> str:
    """RFC 3339; UTC as `Z`."""
    return at.isoformat().replace("+00:00", "Z")
