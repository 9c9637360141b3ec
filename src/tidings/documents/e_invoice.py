"""An invoice or credit note for machines: EN 16931 in the syntax of CII, as Factur-X carries it."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from tidings.documents.cii import SPACES, Invoicing, Node, taxed
from tidings.documents.kinds import DocumentKind
from tidings.documents.settlement import settle
from tidings.kit.money import major_units
from tidings.orders.countries import country_format
from tidings.templates.cleaning import clean

Json = Mapping[str, Any]

PROFILE: Final = "urn:cen.eu:en16931:2017"
# UNTDID 1001: commercial invoice, corrected invoice, credit note.
_INVOICE, _CORRECTED, _CREDIT_NOTE = "380", "384", "381"
# EN 16931 knows no amounts with more decimals.
_MOST_DECIMALS: Final = 2
_COUNTRY = re.compile(r"[A-Z]{2}")
# What VAT IDs begin with that is no country's code: of Greece, and of Northern Ireland.
_PREFIXES: Final = ("EL", "XI")
# UNCL 5305 categories that go with a tax, and without one; of the others it wants to know what orders do not tell.
_TAXED: Final = ("S", "L", "M")
_UNTAXED: Final = ("Z", "E", "AE", "K", "G", "M")
# Who owes the tax is named.
_OF_BUSINESSES: Final = ("AE", "K")
# In major units: lines that are taxed each by itself are rounded each by itself.
_MOST_ROUNDED: Final = 1


def can_be_electronic(given: Json) -> bool:
    """Whether the standard can tell the document: its currency and its taxes, and the parties as it demands them."""
    if get_currency_precision(given["currency"]) > _MOST_DECIMALS or not _is_vat_id(
        given["shop"]["legal"].get("vat_id")
    ):
        return False
    groups = given["groups"]
    names_buyer = any(group["category"] in _OF_BUSINESSES for group in groups)
    if names_buyer and _buyers_vat_id(given) is None:
        return False
    return all(_can_be_told(group, given["currency"]) for group in groups)


def _can_be_told(group: Json, currency: str) -> bool:
    """A category at a rate that it may have, and the tax that the rate makes of the sum, but for what is rounded."""
    rate = Decimal(group["rate"])
    off = major_units(group["tax"], currency) - major_units(group["net"], currency) * rate
    return group["category"] in (_TAXED if rate else _UNTAXED) and abs(off) < _MOST_ROUNDED


def _is_vat_id(text: str | None) -> bool:
    prefix = (text or "")[:2]
    return prefix in _PREFIXES or country_format(prefix) is not None


def _buyers_vat_id(given: Json) -> str | None:
    """As machines read it; what says no country is printed alone."""
    told = "".join(clean(given["order"]["vat_id"] or "", 60).split()).upper()
    return told if _is_vat_id(told) else None


def invoice_xml(kind: DocumentKind, name: str, issued_at: datetime, locale: str, given: Json) -> bytes:
    """The document as XML.

    Args:
        kind: `invoice` or `credit_note`.
        name: its number as printed.
        issued_at: when it was issued.
        locale: the customer's, for the few words in it.
        given: its input (snapshot.py).
    """
    for prefix, uri in SPACES.items():
        ET.register_namespace(prefix, uri)
    one = Invoicing(kind, name, issued_at, locale, given)
    root = Node(ET.Element(f"{{{SPACES['rsm']}}}CrossIndustryInvoice"))
    root.add("rsm:ExchangedDocumentContext").add("GuidelineSpecifiedDocumentContextParameter").add("ID", PROFILE)
    head = root.add("rsm:ExchangedDocument")
    head.add("ID", name)
    head.add("TypeCode", _type_code(one))
    head.day("IssueDateTime", one.on)
    if given["reason"]:
        head.add("IncludedNote").add("Content", clean(given["reason"], 300))
    deal = root.add("rsm:SupplyChainTradeTransaction")
    _lines(deal, one)
    _agreement(deal.add("ApplicableHeaderTradeAgreement"), given)
    _delivery(deal.add("ApplicableHeaderTradeDelivery"), one)
    settle(deal.add("ApplicableHeaderTradeSettlement"), one)
    written: bytes = ET.tostring(root.element, encoding="utf-8", xml_declaration=True)
    return written


def _type_code(one: Invoicing) -> str:
    if one.kind == "credit_note":
        return _CREDIT_NOTE
    return _INVOICE if one.given["replaces"] is None else _CORRECTED


def _lines(deal: Node, one: Invoicing) -> None:
    given = one.given
    if one.kind == "credit_note":
        for number, group in enumerate(given["groups"], 1):
            # A price is never less than nothing, but what was taken off may be taken off less.
            quantity = 1 if group["net"] >= 0 else -1
            _line(deal, one, number, {"name": one.wording("refund"), "quantity": quantity, "sku": None, **group})
        return
    for number, line in enumerate(given["lines"], 1):
        _line(deal, one, number, line)


def _line(deal: Node, one: Invoicing, number: int, line: Json) -> None:
    node = deal.add("IncludedSupplyChainTradeLineItem")
    node.add("AssociatedDocumentLineDocument").add("LineID", number)
    product = node.add("SpecifiedTradeProduct")
    product.maybe("SellerAssignedID", clean(line["sku"] or "", 100))
    product.add("Name", clean(line["name"] or "", 200) or one.wording("item"))
    price = node.add("SpecifiedLineTradeAgreement").add("NetPriceProductTradePrice")
    net = major_units(line["net"], one.given["currency"])
    price.add("ChargeAmount", format((net / line["quantity"]).quantize(Decimal("0.000001")).normalize(), "f"))
    node.add("SpecifiedLineTradeDelivery").add("BilledQuantity", line["quantity"], unitCode="C62")
    settled = node.add("SpecifiedLineTradeSettlement")
    tax = settled.add("ApplicableTradeTax")
    tax.add("TypeCode", "VAT")
    taxed(tax, line)
    settled.add("SpecifiedTradeSettlementLineMonetarySummation").add("LineTotalAmount", one.money(line["net"]))


def _agreement(node: Node, given: Json) -> None:
    shop, order = given["shop"], given["order"]
    legal, contact = shop["legal"], shop["contact"]
    address = order["billing_address"] or {}
    seller = node.add("SellerTradeParty")
    seller.add("Name", clean(legal.get("company") or shop["name"], 300))
    seller.maybe("Description", clean(legal.get("registration") or "", 300))
    if contact.get("phone") or contact.get("email"):
        desk = seller.add("DefinedTradeContact")
        desk.add("PersonName", clean(shop["name"], 100))
        if contact.get("phone"):
            desk.add("TelephoneUniversalCommunication").add("CompleteNumber", contact["phone"])
        if contact.get("email"):
            desk.add("EmailURIUniversalCommunication").add("URIID", contact["email"])
    where = seller.add("PostalTradeAddress")
    where.maybe("LineOne", clean(legal.get("address") or "", 300))
    where.add("CountryID", _country(given))
    if legal.get("vat_id"):
        seller.add("SpecifiedTaxRegistration").add("ID", legal["vat_id"], schemeID="VA")
    buyer = node.add("BuyerTradeParty")
    buyer.add("Name", clean(address.get("name") or order["customer"] or "-"))
    _postal(buyer, address)
    vat_id = _buyers_vat_id(given)
    if vat_id is not None:
        buyer.add("SpecifiedTaxRegistration").add("ID", vat_id, schemeID="VA")
    node.add("BuyerOrderReferencedDocument").add("IssuerAssignedID", clean(order["number"], 100))


def _country(given: Json) -> str:
    """The seller's country: of its VAT ID, or of its language's territory, or the buyer's."""
    legal, locale = given["shop"]["legal"], given["shop"]["locale"]
    told = str(legal.get("vat_id") or "")[:2] or locale.rpartition("-")[2]
    if not _COUNTRY.fullmatch(told):
        told = (given["order"]["billing_address"] or {}).get("country") or ""
    # Greece has a prefix of its own; Northern Ireland is not a country.
    return {"EL": "GR", "XI": "GB"}.get(told, told)


def _postal(party: Node, address: Json) -> None:
    node = party.add("PostalTradeAddress")
    node.maybe("PostcodeCode", clean(address.get("postal_code") or "", 60))
    node.maybe("LineOne", clean(address.get("line1") or ""))
    node.maybe("LineTwo", clean(address.get("line2") or ""))
    node.maybe("CityName", clean(address.get("city") or "", 100))
    node.maybe("CountryID", (address.get("country") or "").upper())
    node.maybe("CountrySubDivisionName", clean(address.get("region") or "", 100))


def _delivery(node: Node, one: Invoicing) -> None:
    order = one.given["order"]
    if order["shipping_address"]:
        there = node.add("ShipToTradeParty")
        there.maybe("Name", clean(order["shipping_address"].get("name") or ""))
        _postal(there, order["shipping_address"])
    at = order["supplied_at"]
    on = one.on if at is None else datetime.fromisoformat(at).astimezone(ZoneInfo(order["time_zone"])).date()
    node.add("ActualDeliverySupplyChainEvent").day("OccurrenceDateTime", on)
