"""Attempt ids that come back sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.email.verp import bounce_address, opened, sealed

KEY = "verp-secret"


def test_the_published_vector_is_made_and_opened():
    address = bounce_address("bounce@bounces.shop.example", sealed("ntf_01HZX", KEY))
    assert address == "bounce+ntf_01HZX.3b513de5@bounces.shop.example"
    assert opened(address, [KEY]) == "ntf_01HZX"


@pytest.mark.parametrize(
    "place",
    [
        "",
        "bounce+ntf_01HZX.3b513de6@bounces.shop.example",
        "bounce+ntf_01HZY.3b513de5@bounces.shop.example",
        "bounce+ntf_01HZX.3b513de50@bounces.shop.example",
        "bounce+ntf_01HZX.3B513DE5@bounces.shop.example",
        "att_1.00000000 " * 60 + "ntf_01HZX.3b513de5",
    ],
)
def test_what_is_not_sealed_stays_closed(place):
    assert opened(place, [KEY]) is None


def test_the_first_that_fits_counts_under_any_key():
    text = f"att_1.00000000\n<{sealed('att_2', 'old')}> {sealed('att_3', KEY)}"
    assert opened(text, [KEY, "old"]) == "att_2"
    assert opened(text, []) is None


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32), st.text())
def test_whatever_is_sealed_can_be_opened_and_nothing_else(digits, noise):
    attempt = f"att_{digits}"
    assert opened(f"{noise}\n{bounce_address('b@c.example', sealed(attempt, KEY))}", [KEY]) == attempt
