"""Who issues a document and whom it is for, as lines of text."""

from collections.abc import Mapping
from typing import Any, Final

from tidings.documents.wording import Wording
from tidings.templates.addresses import Address, address_lines
from tidings.templates.cleaning import clean

Json = Mapping[str, Any]

# What stands between two of these runs from left to right.
_LEFT_TO_RIGHT: Final = "\N{LEFT-TO-RIGHT MARK}"
_PARTS: Final = ("name", "line1", "line2", "city", "region", "postal_code", "country")


def postal_lines(address: Json | None, wording: Wording) -> list[str]:
    """A postal address as its country writes it; nothing if there is none."""
    if not address:
        return []
    parts = Address(**{part: clean(address.get(part) or "") for part in _PARTS})
    return address_lines(parts, wording.formats.territory(parts.country.upper()))


def legal_lines(shop: Json, wording: Wording) -> list[str]:
    """Who the shop is by law; its name where it has told nothing."""
    legal = shop["legal"]
    lines = [clean(legal.get(part) or "", 300) for part in ("company", "address", "registration")]
    vat_id = clean(legal.get("vat_id") or "", 60)
    lines.append(f"{wording('vat_id')}{wording('colon')} {vat_id}" if vat_id else "")
    return [line for line in lines if line] or [clean(shop["name"], 100)]


def contact_lines(shop: Json) -> list[str]:
    """Where customers ask. From left to right in every language: a phone number's groups would change places."""
    contact = shop["contact"]
    told = [line for part in ("email", "phone", "url", "hours") if (line := clean(contact.get(part) or "", 300))]
    return [f"{_LEFT_TO_RIGHT}{line}{_LEFT_TO_RIGHT}" for line in told]
