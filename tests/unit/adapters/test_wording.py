"""Providers' words, made fit to be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.wording import REASON_LENGTH, reason, storable


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <ada@example.com>: user unknown", "550 5.1.1 <<address>>: user unknown"),
        ("The 'To' number +4915112345678 is not valid", "The 'To' number <number> is not valid"),
        ("to=%2B4915112345678", "to=<number>"),
        ("250 2.0.0 Ok: queued as 4F1C22A0B7", "250 2.0.0 Ok: queued as 4F1C22A0B7"),
        ("two\r\n lines\x00", "two lines\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_a_reason_is_one_line_without_addresses(said, kept):
    assert reason(said) == kept


def test_a_known_address_goes_whatever_it_looks_like():
    assert reason("no device device-token-1 here", "device-token-1", "") == "no device <recipient> here"


@given(st.text())
def test_whatever_was_said_can_be_stored(said):
    kept = reason(said)
    assert len(kept) <= REASON_LENGTH
    assert "\x00" not in kept
    assert len(storable(said).encode()) >= len(said)


def test_a_lone_surrogate_does_not_pass():
    assert storable("a\ud800b") == "a?b"
