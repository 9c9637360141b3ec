"""What typst makes is PDF/A-3 and PDF/UA, in every language, whatever stands in it."""

import io
from typing import Any, get_args

import pikepdf
import pypdfium2
import pytest

from tests.fixtures.documents import ISSUED_AT, LANGUAGES, given
from tidings.adapters.pdf import typesetting
from tidings.adapters.pdf.typesetting import typeset
from tidings.documents.e_invoice import invoice_xml
from tidings.documents.kinds import DocumentKind
from tidings.documents.ports import Sheet, Unprintable
from tidings.documents.sheet import sheet_data

CREDITS = {"id": "doc_1", "name": "INV-000016", "issued_at": ISSUED_AT.isoformat()}
PDFA, PDFUA = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"


def sheet(kind: DocumentKind, locale: str = "en", *, electronic: bool = False, **changes: Any) -> Sheet:
    told = (kind, "INV-000017", ISSUED_AT, locale, given(**{"credits": CREDITS} | changes))
    xml = invoice_xml(*told) if electronic else None
    return Sheet(kind, sheet_data(*told), int(ISSUED_AT.timestamp()), xml)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(DocumentKind))
def test_every_document_in_every_language_says_what_it_is(kind: DocumentKind, locale: str) -> None:
    with pikepdf.open(io.BytesIO(typeset(sheet(kind, locale)))) as pdf:
        with pdf.open_metadata() as told:
            assert (told[f"{PDFA}part"], told[f"{PDFA}conformance"], told[f"{PDFUA}part"]) == ("3", "A", "1")
        root = pdf.Root
        assert str(root.Lang) == locale
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in root
        assert str(pdf.docinfo["/Title"]).endswith("INV-000017")
        assert "/OutputIntents" in root
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("/FontDescriptor" in descendant for font in fonts for descendant in font.DescendantFonts)


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_the_data_for_machines_are_in_the_file_and_its_metadata_say_so(kind: DocumentKind) -> None:
    given_ = sheet(kind, "de", electronic=True)
    with pikepdf.open(io.BytesIO(typeset(given_))) as pdf:
        assert pdf.attachments["factur-x.xml"].get_file().read_bytes() == given_.xml
        (attached,) = pdf.Root.AF
        assert (str(attached.AFRelationship), str(attached.EF.F.Subtype)) == ("/Alternative", "/text/xml")
        with pdf.open_metadata() as told:
            assert told[f"{FX}ConformanceLevel"] == "EN 16931"
            assert told[f"{FX}DocumentFileName"] == "factur-x.xml"
            assert (told[f"{PDFA}part"], told[f"{PDFUA}part"]) == ("3", "1"), "what typst said is still there"
        assert b"Factur-X PDFA Extension Schema" in pdf.Root.Metadata.read_bytes()
        assert len(pdf.trailer.ID) == 2
        assert pdf.pdf_version == "1.7"


def test_the_same_sheet_is_the_same_bytes() -> None:
    for electronic in (False, True):
        assert typeset(sheet("invoice", electronic=electronic)) == typeset(sheet("invoice", electronic=electronic))


def test_an_invoice_can_be_read_by_eyes_and_ears() -> None:
    text = text_of(typeset(sheet("invoice", "en-GB")))
    for part in ("Invoice", "INV-000017", "Green tea 100 g", "€69.60", "Demo Teahouse GmbH", "DE123456789"):
        assert part in text


def test_names_in_any_script_are_printed_and_what_has_no_picture_is_a_box() -> None:
    names = "Ελένη Ольга שרה สมชาย देव 김민수 王小明 আনিকা 👩‍👩‍👧 \U0001f9ff \x00\u202e\ud83d \U000f0000"
    order = given()["order"]
    order["billing_address"] = order["billing_address"] | {"name": names[:190]}
    text = text_of(typeset(sheet("invoice", order=order)))
    assert "Ольга" in text
    assert "□" in text


def test_a_long_order_goes_over_several_pages() -> None:
    lines = [given()["lines"][0] | {"name": f"Tea no. {n}"} for n in range(120)]
    document = pypdfium2.PdfDocument(typeset(sheet("invoice", lines=lines)))
    assert len(document) > 3
    assert f"Page 2 of {len(document)}" in document[1].get_textpage().get_text_range()


def test_what_looks_like_code_is_text() -> None:
    order = given()["order"] | {"number": '#panic("x") $x$ *b* \\ #import "y"'}
    assert '#panic("x") $x$ *b*' in text_of(typeset(sheet("invoice", order=order)))


def test_a_broken_invoice_is_not_printed() -> None:
    whole = sheet("invoice", electronic=True)
    assert whole.xml is not None
    broken = Sheet(whole.layout, whole.data, whole.issued_at, whole.xml.replace(b"TypeCode>380", b"TypeCode>38x"))
    typeset(broken)  # The schema knows no code lists; the rules do (tests/unit/documents/test_e_invoice.py).
    with pytest.raises(Unprintable, match="schema"):
        typeset(Sheet(whole.layout, whole.data, whole.issued_at, whole.xml.replace(b"GrandTotalAmount", b"Grand")))


def test_a_refusal_of_the_typesetter_tells_nothing_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "printable", lambda data, _: data)
    order = given()["order"] | {"number": "secret \U000f0000"}
    with pytest.raises(Unprintable) as refusal:
        typeset(sheet("invoice", order=order))
    assert "secret" not in refusal.value.reason
    assert "could not be displayed" not in refusal.value.reason or "\U000f0000" not in refusal.value.reason
