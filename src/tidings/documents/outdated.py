"""Whether a document still says what the order is, which may have been changed since it was issued. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tidings.documents.kinds import DocumentKind

Json = Mapping[str, Any]

_CHARGED: Final = ("category", "rate", "net", "tax")
_BOUGHT: Final = ("sku", "name", "quantity", "unit_price", *_CHARGED)
_WARRANTED: Final = ("sku", "name", "quantity", "warranty_months")


def is_outdated(kind: DocumentKind, told: Json, now: Json) -> bool:
    """Whether what was bought, or warranted since when, is not so any more; whom it is for is the shop's to correct.

    Args:
        kind: of document.
        told: the input that it was made from (snapshot.py).
        now: what it would be made from today.
    """
    return _said(kind, told) != _said(kind, now)


def _said(kind: DocumentKind, given: Json) -> Sequence[object]:
    if kind == "warranty":
        warranted = [line for line in given["lines"] if line["warranty_months"]]
        return [given["order"]["supplied_at"], _parts(warranted, _WARRANTED)]
    beside = [*given["discounts"], *([] if given["shipping"] is None else [given["shipping"]])]
    return [_parts(given["lines"], _BOUGHT), _parts(beside, _CHARGED)]


def _parts(parts: Sequence[Json], names: Sequence[str]) -> Sequence[object]:
    return [[part[name] for name in names] for part in parts]
