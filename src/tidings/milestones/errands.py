"""Which errands a fact leaves behind at which shop: the table's entries, as far as its policy wants them. Pure."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from tidings.milestones.facts import Fact
from tidings.milestones.table import ERRANDS
from tidings.outbox.kinds import ErrandKind
from tidings.outbox.leave import Errand
from tidings.storefronts.policy import Policy

_NOW: Final = timedelta()

# After which wait this shop wants it done; None: not at all.
Wait = Callable[[Policy], timedelta | None]


def _keeps_stock(policy: Policy) -> timedelta | None:
    return _NOW if policy.verification.stock == "ledger" else None


def _expiry(policy: Policy) -> timedelta | None:
    hours = policy.unpaid_expires_after_hours
    return None if hours is None else timedelta(hours=hours)


def _completion(policy: Policy) -> timedelta | None:
    days = policy.completes_after_days
    return None if days is None else timedelta(days=days)


def _asking(policy: Policy) -> timedelta | None:
    days = policy.feedback.ask_after_days
    return None if days is None else timedelta(days=days)


_WAITS: Final[Mapping[ErrandKind, Wait]] = {
    "check_payment": lambda policy: _NOW if policy.verification.has_payment_checks else None,
    "check_stock": lambda policy: _NOW if policy.verification.stock != "manual" else None,
    "commit_stock": _keeps_stock,
    "release_stock": _keeps_stock,
    "expire_unpaid": _expiry,
    "close_order": _completion,
    "review_changes": lambda _: _NOW,
    "refund_cancelled": lambda _: _NOW,
    "credit_cancelled": lambda _: _NOW,
    "ask_feedback": _asking,
}


def errands_of(fact: Fact, policy: Policy) -> list[Errand]:
    """What the machine must do because of this fact."""
    return [
        Errand(
            storefront_id=fact.scope.storefront_id,
            mode=fact.scope.mode,
            order_id=fact.order_id,
            kind=kind,
            subject=fact.subject,
            due_at=fact.at + wait,
            data=_goods(fact) if kind == "commit_stock" else {},
        )
        for kind in ERRANDS.get(fact.kind, ())
        if (wait := _WAITS[kind](policy)) is not None and not _is_idle(kind, fact)
    ]


def _is_idle(kind: ErrandKind, fact: Fact) -> bool:
    """Most changes leave an order where it is; but what was to come may have been taken off one whose rest is there."""
    return kind == "close_order" and fact.kind == "order.changed" and fact.data.get("status") != "delivered"


def _goods(fact: Fact) -> Mapping[str, Any]:
    """What is in the parcel, as it was at that moment: the order's lines may change before the errand is done."""
    lines = json.loads(fact.snapshot)["shipment"]["lines"]
    return {"goods": [{"sku": line["sku"], "quantity": line["quantity"]} for line in lines]}
