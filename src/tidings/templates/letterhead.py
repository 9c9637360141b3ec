"""What a message shows of the shop itself: name, logo, colour, where to ask, who it is by law."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from tidings.templates.cleaning import clean, color, dialled, ink_on, link, mail_address
from tidings.templates.language import Language
from tidings.templates.shop import Legal, Shop

DEFAULT_COLOR: Final = "#22405c"
_GROUPS = re.compile(r"\+?\w+")


def letterhead(shop: Shop, language: Language) -> dict[str, Any]:
    """The names that stand in every message of this shop in this language; a new dictionary each time."""
    return dict(_kept(shop, language))


def spelled(text: str) -> str:
    """A number or a code as it is to be read out: `W-10045` → `W, 1 0 0 4 5`, `+49 30` → `+ 4 9, 3 0`."""
    return ", ".join(" ".join(group) for group in _GROUPS.findall(text.replace("_", " ")))


@lru_cache(maxsize=1024)
def _kept(shop: Shop, language: Language) -> Mapping[str, Any]:
    brand = color(shop.brand.color, DEFAULT_COLOR)
    name = language.isolated(clean(shop.name, 100))
    email, phone = mail_address(shop.contact.email), clean(shop.contact.phone or "", 40)
    # A number has no direction of its own: from the right, its groups would change places.
    shown = language.isolated(phone)
    help_url = link(shop.contact.url)
    return {
        **{f"label_{label}": text for label, text in language.labels.text.items()},
        "lang": language.locale,
        "color": brand,
        "color_ink": ink_on(brand),
        "why": language.label("why", shop=name),
        # The shortest way to ask, for text messages; the way to ask by voice.
        "contact": shown or email or help_url,
        "contact_spoken": spelled(phone) if dialled(phone) else email,
        "shop_name": name,
        "shop_logo": link(shop.brand.logo_url),
        "shop_link": link(shop.brand.url),
        "shop_email": email,
        "shop_phone": shown,
        "shop_phone_dialled": dialled(phone),
        "shop_help_url": help_url,
        "shop_hours": language.isolated(clean(shop.contact.hours or "")),
        "shop_imprint": _imprint(shop.legal, language),
    }


def _imprint(legal: Legal, language: Language) -> list[str]:
    vat_id = clean(legal.vat_id or "", 60)
    lines = [clean(part or "", 300) for part in (legal.company, legal.address, legal.registration)]
    if vat_id:
        lines.append(f"{language.label('vat_id')}{language.label('colon')} {vat_id}")
    return [language.isolated(line) for line in lines if line]
