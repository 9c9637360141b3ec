"""What happens to sample orders: the parts that a milestone's snapshot has beside the order, usual and odd."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

Json = dict[str, Any]

_MISSING: Final = [
    {"pointer": "/shipping_address/postal_code", "detail": "is required"},
    {"pointer": "/customer/phone", "detail": "is required"},
    {"pointer": "/lines/0/quantity", "detail": "is required"},
]

# What somebody types, by sample; an empty one leaves it out.
_TYPED: Final[Mapping[str, str | None]] = {
    "short": "The tin is dented",
    "long": "We looked into it twice, and the warehouse has counted again. " * 12,
    "emoji": "The tin is dented 😔 We are sorry! 👩‍👩‍👧‍👦",
    "right-to-left": "العلبة تالفة (رقم 12)",
    "yen": "缶がへこんでいました",
    "empty": None,
    "hostile": '</p><script>alert(1)</script> {{ shop }} {% raw %} \u202egpj.exe & "so on"\r\nBcc: all@example.com',
}
_LATER: Final = "2026-11-24T10:30:00+01:00"


def occasion(sample: str, milestone: str, order: Json) -> Json:
    """What the snapshot holds beside the order, made anew each time.

    Args:
        sample: one of `samples.SAMPLES`.
        milestone: the milestone's name.
        order: the sample order, which may be changed to what it is at that moment.
    """
    typed = _TYPED.get(sample, _TYPED["short"])
    if milestone in _PARCELS:
        return {"shipment": _shipment(milestone, order, typed)}
    if milestone == "order_incomplete":
        order["missing"] = deepcopy(_MISSING)
    if milestone == "order_cancelled":
        order["status"] = "cancelled"
    made: Mapping[str, Callable[[], Json]] = {
        "order_updated": lambda: {"update": _update(sample)},
        "issue_notification": lambda: {"issue": _issue(typed)},
        "issue_resolved": lambda: {"issue": _issue(typed) | {"status": "resolved", "resolution": typed}},
        "change_acknowledged": lambda: {"change": _change(sample, order, typed)},
        "change_decided": lambda: {"change": _change(sample, order, typed) | _decision(sample, order, typed)},
        "refund_update": lambda: {"refund": _refund(sample, order, typed)},
        "order_cancelled": lambda: {"cancellation": {"reason": typed, "refund_expected": sample != "empty"}},
        "order_completed": lambda: _documents(sample),
        "contact_changed": lambda: {"contact": _contact(sample)},
        "deadline_warning": lambda: {"deadline": _deadline(sample, typed)},
        "deadline_missed": lambda: {"deadline": _deadline(sample, typed) | {"escalated": sample != "empty"}},
        "review_due": lambda: {"review": _review(sample, typed)},
    }
    return made[milestone]() if milestone in made else {}


_PARCELS: Final[Mapping[str, str]] = {
    "order_dispatched": "dispatched",
    "order_delivered": "delivered",
    "delivery_exception": "exception",
    "shipment_returned": "returned",
}


def _shipment(milestone: str, order: Json, note: str | None) -> Json:
    """It holds the first line; the rest is still to come."""
    first, *rest = ({name: line[name] for name in ("line", "sku", "name", "quantity")} for line in order["lines"])
    status = _PARCELS[milestone]
    return {
        "id": "shp_0198a5b2c3d44e5f8a6b7c8d9e0f1a2c",
        "status": status,
        "carrier": "DHL",
        "tracking_number": "00340434161094042557",
        "tracking_url": "https://track.example/?piececode=00340434161094042557&lang=de",
        "lines": [first],
        "remaining": rest,
        "dispatched_at": "2026-11-24T15:00:00+01:00",
        "delivered_at": "2026-11-26T11:32:00+01:00" if status == "delivered" else None,
        "events": [
            {"status": "in_transit", "at": "2026-11-25T06:00:00+01:00", "note": "Sorting centre"},
            {"status": status, "at": "2026-11-26T11:32:00+01:00", "note": note},
        ],
    }


def _after(words: str, typed: str | None) -> str | None:
    """Another text of the same kind."""
    return f"{words} {typed}" if typed else None


def _update(sample: str) -> Json:
    every = ["lines", "shipping_address", "billing_address", "estimated_delivery", "total", "wrapping"]
    return {"changed": {"long": every, "empty": ["total"]}.get(sample, ["shipping_address", "estimated_delivery"])}


def _issue(typed: str | None) -> Json:
    return {
        "id": "iss_0198a5b2c3d44e5f8a6b7c8d9e0f1a2d",
        "kind": "out_of_stock",
        "status": "open",
        "details": typed,
        "next_steps": _after("What we will do now is this:", typed),
        "resolution": None,
    }


def _change(sample: str, order: Json, reason: str | None) -> Json:
    changes = {
        "shipping_address": order["shipping_address"],
        "billing_address": {"city": "Potsdam"},
        "customer": {"phone": "+4915112345678"},
        "estimated_delivery": {"from": "2026-12-01", "to": "2026-12-03"},
        "lines": [{"line": line["line"], "quantity": line["quantity"] + 1} for line in order["lines"]],
    }
    asked: Mapping[str, Json] = {
        "long": changes,
        "america": {},
        "empty": {},
        "hostile": changes | {"lines": [{"name": "<b>", "quantity": 1}]},
    }
    return {
        "id": "chg_0198a5b2c3d44e5f8a6b7c8d9e0f1a2e",
        "kind": "cancellation" if sample in {"america", "empty"} else "modification",
        "reason": _after("I have moved to the seaside:", reason),
        "changes": asked.get(sample, {name: changes[name] for name in ("shipping_address", "lines")}),
        "decide_by": _LATER,
        "notify_by": _LATER,
    }


def _decision(sample: str, order: Json, typed: str | None) -> Json:
    outcome = {"emoji": "declined", "dinar": "lapsed"}.get(sample, "approved")
    returned = None
    if outcome == "approved" and sample != "empty":
        days = {"short": 5, "america": 1, "yen": 2, "britain": 14}.get(sample)
        returned = {"amount": order["total"], "status": "requested"} | ({"days": days} if days else {})
    return {"outcome": outcome, "decision_reason": typed, "refund": returned}


def _refund(sample: str, order: Json, typed: str | None) -> Json:
    return {
        "id": "rfd_0198a5b2c3d44e5f8a6b7c8d9e0f1a2f",
        "amount": order["total"],
        "status": "failed" if sample in {"emoji", "dinar"} else "succeeded",
        "reference": None if sample == "empty" else "re_3P0aB12eZvKYlo2C",
        "method": {"short": "card", "britain": "paypal"}.get(sample, typed),
    }


def _documents(sample: str) -> Json:
    kinds = {"long": ("invoice", "receipt", "warranty"), "yen": ("manual",)}.get(sample, ("invoice", "receipt"))
    return {} if sample == "empty" else {"documents": [{"kind": kind} for kind in kinds]}


def _contact(sample: str) -> Json:
    every = ["email", "phone", "name", "preferred_channel", "devices", "fax"]
    return {"changed": every if sample == "long" else ["email"], "to": "new" if sample == "emoji" else "old"}


def _deadline(sample: str, typed: str | None) -> Json:
    return {
        "id": "ddl_0198a5b2c3d44e5f8a6b7c8d9e0f1a30",
        "kind": {"emoji": "change_decided", "yen": "issue_notification", "dinar": "tea_time"}.get(
            sample, "order_confirmation"
        ),
        "due_at": _LATER,
        "started_at": None if sample == "empty" else "2026-11-24T09:30:00+01:00",
        "met_at": "2026-11-24T10:42:00+01:00" if sample in {"emoji", "britain"} else None,
        "owner": None if sample == "empty" else (typed or "")[:60],
        "escalated": False,
    }


def _review(sample: str, typed: str | None) -> Json:
    kinds = {
        "long": ("yearly", "policy", "calendar", "milestones", "template", "by_hand"),
        "empty": (),
        "hostile": ("<b>",),
    }
    return {
        "id": "rev_0198a5b2c3d44e5f8a6b7c8d9e0f1a31",
        "stage": {"emoji": "warned", "yen": "missed", "dinar": "missed", "britain": "escalated"}.get(sample, "opened"),
        "opened_at": "2026-10-25T10:30:00+01:00",
        "due_at": _LATER,
        "owner": None if sample == "empty" else (typed or "")[:60],
        "causes": [{"kind": kind} for kind in kinds.get(sample, ("policy",))],
    }
