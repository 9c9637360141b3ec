"""Builds CII, the syntax that Factur-X carries EN 16931 in: elements in the order in which they must stand."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from tidings.documents.kinds import DocumentKind
from tidings.documents.wording import wording_for
from tidings.kit.money import major_units

Json = Mapping[str, Any]

SPACES: Final = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


class Node:
    """Builds elements in the order in which they must stand."""

    def __init__(self, element: ET.Element) -> None:
        self.element = element

    def add(self, name: str, text: object = None, **attributes: str) -> "Node":
        """A child, `ram:` unless it says otherwise."""
        prefix, _, local = name.rpartition(":")
        made = ET.SubElement(self.element, f"{{{SPACES[prefix or 'ram']}}}{local}", attributes)
        if text is not None:
            made.text = str(text)
        return Node(made)

    def maybe(self, name: str, text: str | None, **attributes: str) -> None:
        """The same, if there is a text."""
        if text:
            self.add(name, text, **attributes)

    def day(self, name: str, value: date) -> None:
        """A child that is a day."""
        self.add(name).add("udt:DateTimeString", value.strftime("%Y%m%d"), format="102")


class Invoicing:
    """One document on its way into XML."""

    def __init__(self, kind: DocumentKind, name: str, issued_at: datetime, locale: str, given: Json) -> None:
        self.kind, self.name, self.given = kind, name, given
        self.on = issued_at.astimezone(ZoneInfo(given["shop"]["time_zone"])).date()
        self.wording = wording_for(locale, given["shop"]["locale"])

    def money(self, amount: int) -> str:
        """Minor units as a number."""
        return format(major_units(amount, self.given["currency"]), "f")


def taxed(tax: Node, part: Json) -> None:
    """Category and rate; what is not subject to tax has none."""
    tax.add("CategoryCode", part["category"])
    if part["category"] != "O":
        tax.add("RateApplicablePercent", percent(part["rate"]))


def percent(rate: str) -> str:
    """A share as the standard writes it: `0.07` is 7."""
    return format((Decimal(rate) * 100).normalize(), "f")
