"""A document in words: every language has all of them, and every figure is where it must be."""

import json
from typing import get_args

import pytest

from tests.fixtures.documents import ISSUED_AT, LANGUAGES, given, posted
from tidings.documents.kinds import DocumentKind
from tidings.documents.sheet import sheet_data

INVOICE = {"id": "doc_1", "name": "INV-000016", "issued_at": ISSUED_AT.isoformat()}


def sheet(kind: DocumentKind, locale: str = "en-GB", **changes):
    return sheet_data(kind, "INV-000017", ISSUED_AT, locale, given(**changes))


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(DocumentKind))
def test_every_kind_is_worded_in_every_language(kind: DocumentKind, locale: str) -> None:
    found = sheet(kind, locale, credits=INVOICE, replaces=INVOICE if kind != "credit_note" else None)
    assert found["lang"] == locale
    said = json.dumps(found, ensure_ascii=False)
    assert "{name}" not in said
    assert "{date}" not in said
    assert "W-10045" in said
    assert ("INV-000016" in said) is True


def test_an_invoice_says_who_whom_what_and_how_much() -> None:
    found = sheet("invoice")
    assert found["title"] == "Invoice"
    assert found["legal"] == [
        "Demo Teahouse GmbH", "Teestraße 1, 10115 Berlin, Germany", "Amtsgericht Charlottenburg, HRB 000000",
        "VAT ID: DE123456789",
    ]  # fmt: skip
    assert found["to"]["lines"] == ["Ada Byron", "Invalidenstraße 116", "10115 Berlin", "Germany"]
    assert ["Date of supply", "27 November 2026"] in found["facts"]
    assert ["Payment method", "Card"] in found["facts"]
    assert [row[-1] for row in found["goods"]["rows"]] == ["€19.80", "€49.90", "€4.90", "-€1.33", "-€3.67"]
    assert found["sums"] == [["Total without tax", "€60.23"], ["Tax", "€9.37"], ["Total", "€69.60"]]
    assert found["taxes"]["rows"] == [["19%", "€42.97", "€8.16", "€51.13"], ["7%", "€17.26", "€1.21", "€18.47"]]
    assert found["notes"] == ["Prices include tax."]
    assert found["banner"] is None


def test_net_prices_are_shown_net() -> None:
    order = posted(prices_include_tax=False, discount=None, total={"amount": 8640, "currency": "EUR"})
    found = sheet_data("invoice", "INV-1", ISSUED_AT, "en-GB", given(order))
    assert [row[-1] for row in found["goods"]["rows"]] == ["€19.80", "€49.90", "€4.90"]
    assert found["notes"] == ["Prices do not include tax."]


def test_a_warranty_names_only_what_is_warranted_and_until_when() -> None:
    found = sheet("warranty")
    assert found["goods"]["rows"] == [[["Teapot", "POT-01"], "1", "24 months", "27 November 2028"]]
    assert "sums" not in found


def test_a_credit_note_names_its_invoice_its_reason_and_only_what_goes_back() -> None:
    groups = [{"category": "S", "rate": "0.19", "net": 1000, "tax": 190, "gross": 1190}]
    sums = {"net": 1000, "tax": 190, "gross": 1190}
    found = sheet("credit_note", credits=INVOICE, reason="It came back", groups=groups, sums=sums)
    assert found["intro"] == "For invoice INV-000016 of 29 November 2026"
    assert found["goods"]["rows"] == [[["Refund", ""], "19%", "€11.90"]]
    assert found["sums"][-1] == ["Amount credited", "€11.90"]
    assert found["notes"] == ["Reason: It came back"]


def test_what_is_made_with_a_test_key_says_so() -> None:
    assert sheet("invoice", "de-DE", is_test=True)["banner"] == "Test: kein gültiges Dokument"


def test_no_tax_is_explained() -> None:
    lines = [{"sku": "A", "name": "A", "quantity": 1, "unit_price": {"amount": 100, "currency": "EUR"},
              "tax_rate": "0", "tax_category": "G"}]  # fmt: skip
    order = posted(lines=lines, shipping=None, discount=None, total={"amount": 100, "currency": "EUR"})
    found = sheet_data("invoice", "INV-1", ISSUED_AT, "en-GB", given(order))
    assert found["notes"] == ["Prices include tax.", "Export, exempt from tax."]
