"""How form fields are quoted."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.form import quoted


@given(st.text())
def test_it_is_the_same_as_the_standard_librarys(text: str) -> None:
    assert quoted(text) == quote_plus(text)


@pytest.mark.parametrize("text", ["", "+ %2B%", "Grüße & 10 €", "a=b&c", "~.-_", "\n\x00"])
def test_signs_that_quoting_itself_writes_are_quoted_once(text: str) -> None:
    assert quoted(text) == quote_plus(text)
