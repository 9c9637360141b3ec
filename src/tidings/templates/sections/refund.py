"""Money that goes back, and the end of an order that it may follow from."""

from typing import Final

from tidings.templates import reading
from tidings.templates.errors import Unrenderable
from tidings.templates.reading import Node
from tidings.templates.sections.material import Material

_SETTLED: Final = ("succeeded", "failed")
_OURS: Final = ("manual",)


def money_back(material: Material, given: Node | None, where: str) -> None:
    """How much goes back, and within how many days; empty if nothing does."""
    language, names = material.language, material.names
    names.update(refund="", refund_spoken="", refund_within="")
    if given is None:
        return
    amount = reading.money(given, "amount", where)
    names["refund"] = language.formats.money(*amount)
    names["refund_spoken"] = language.formats.spoken_money(*amount)
    if given.get("days") is not None:
        names["refund_within"] = language.counted("within_days", reading.whole(given, "days", where))


def refund(material: Material) -> None:
    """What became of a refund."""
    given, language = material.part("refund"), material.language
    status = reading.text(given, "status", "/refund")
    if status not in _SETTLED:
        raise Unrenderable("is not settled", "/refund/status")
    money_back(material, given, "/refund")
    method = reading.maybe_text(given, "method", "/refund", 60)
    material.names.update(
        refund_failed=status == "failed",
        refund_reference=language.isolated(reading.maybe_text(given, "reference", "/refund", 100)),
        # Who paid it back, a provider or a person, is the shop's own affair.
        refund_method=language.known("method", method) or ("" if method in _OURS else language.isolated(method)),
    )


def cancellation(material: Material) -> None:
    """Why the order ends, and whether money is to go back."""
    given, language = material.part("cancellation"), material.language
    reason = reading.maybe_text(given, "reason", "/cancellation", 60)
    material.texts["cancel_reason"] = language.known("reason", reason) or material.typed(
        given, "reason", "/cancellation"
    )
    material.names["refund_expected"] = given.get("refund_expected") is True
