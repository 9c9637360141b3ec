from types import SimpleNamespace

from tests.fixtures.documents import given
from tidings.documents.page import documents_page
from tidings.documents.queries import Held


def held(locale: str, number: str) -> Held:
    row = SimpleNamespace(locale=locale, input=given(), kind="invoice", name=number)
    return Held(row, SimpleNamespace(size=2049))  # type: ignore[arg-type]


def test_the_page_lists_documents_in_the_customers_language_and_direction() -> None:
    page = documents_page("tok", [held("ar", "INV-1")], ["doc_1"])
    assert 'lang="ar" dir="rtl"' in page
    assert '<a href="tok/doc_1">فاتورة INV-1</a> <small>PDF, 3 KB</small>' in page


def test_whatever_stands_in_a_number_is_text() -> None:
    assert "<script>" not in documents_page("tok", [held("en", "<script>")], ["doc_1"])
