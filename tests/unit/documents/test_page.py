from types import SimpleNamespace

import pytest

from tests.fixtures.documents import given
from tidings.documents.page import documents_page, refusal_page
from tidings.documents.queries import Held
from tidings.kit.problem import NotFound, Problem, Unavailable
from tidings.kit.signed import LinkExpired, LinkInvalid


def held(locale: str, number: str) -> Held:
    row = SimpleNamespace(locale=locale, input=given(), kind="invoice", name=number)
    return Held(row, SimpleNamespace(size=2049))  # type: ignore[arg-type]


def test_the_page_lists_documents_in_the_customers_language_and_direction() -> None:
    page = documents_page("tok", [held("ar", "INV-1")], ["doc_1"])
    assert 'lang="ar" dir="rtl"' in page
    # Each fenced in, or the browser would put the size into the middle of the link.
    assert '<a href="tok/doc_1">فاتورة <bdi>INV-1</bdi></a> <small><bdi>PDF, 3 KB</bdi></small>' in page


def test_whatever_stands_in_a_number_is_text() -> None:
    assert "<script>" not in documents_page("tok", [held("en", "<script>")], ["doc_1"])


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (LinkInvalid(), "This link does not work"),
        (NotFound(), "This link does not work"),
        (LinkExpired(), "This link has expired"),
        (Unavailable(), "One moment, please"),
    ],
)
def test_why_a_link_opens_nothing_is_said_to_customers(refusal: Problem, said: str) -> None:
    assert f"<h1>{said}</h1>" in refusal_page(refusal, "en-GB")


def test_a_visitor_whose_language_is_not_there_is_answered_in_the_next_or_in_english() -> None:
    assert 'lang="sv"' in refusal_page(LinkInvalid(), "ko", "sv")
    assert 'lang="en"' in refusal_page(LinkInvalid())
