"""The shop as its messages show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tidings.storefronts.rules import ShopRules


@dataclass(frozen=True, slots=True)
class Brand:
    """What it looks like."""

    # #rrggbb
    color: str | None = None
    logo_url: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Where customers ask."""

    email: str | None = None
    phone: str | None = None
    url: str | None = None
    # In the shop's own words: "Mon-Fri 9:00-17:00".
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class Legal:
    """Who they deal with."""

    company: str | None = None
    # In one line.
    address: str | None = None
    # Court and number of the company's registration.
    registration: str | None = None
    vat_id: str | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose message it is. Frozen, so that what is derived from it can be kept."""

    name: str
    brand: Brand = field(default_factory=Brand)
    contact: Contact = field(default_factory=Contact)
    legal: Legal = field(default_factory=Legal)
    locale: str = "en"
    time_zone: str = "UTC"
    currency: str = "EUR"

    @classmethod
    def of(cls, rules: ShopRules) -> Self:
        """The shop as the storefront's stored settings describe it; entries that are not text are left out."""
        return cls(
            name=rules.name,
            brand=Brand(**_texts(rules.brand, ("color", "logo_url", "url"))),
            contact=Contact(**_texts(rules.contact, ("email", "phone", "url", "hours"))),
            legal=Legal(**_texts(rules.legal, ("company", "address", "registration", "vat_id"))),
            locale=rules.locale,
            time_zone=rules.time_zone,
            currency=rules.currency,
        )


def _texts(stored: Mapping[str, object], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name in names if isinstance(value := stored.get(name), str) and value.strip()}
