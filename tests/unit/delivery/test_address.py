"""Addresses that somebody gives by hand."""

import pytest

from tidings.delivery.address import checked_address
from tidings.kit.problem import InvalidInput
from tidings.storefronts.kinds import Channel


@pytest.mark.parametrize(
    ("channel", "given", "used"),
    [
        ("email", "Ada@Example.COM", "Ada@example.com"),
        ("email", "bounce@sandbox.test", "bounce@sandbox.test"),
        ("sms", "+49 151 12345678", "+4915112345678"),
        ("voice", "+15005550101", "+15005550101"),
        ("push", "token:Abc", "token:Abc"),
    ],
)
def test_an_address_is_brought_into_the_form_in_which_it_is_used(channel: Channel, given: str, used: str) -> None:
    assert checked_address(channel, given, "test") == used


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("email", "=?utf-8?q?a=0d=0aX-Evil=3a_1?=@evil.example"),
        ("sms", "0151 12345678"),
        ("sms", "+49 1"),
        ("voice", "+49 30 901820 ext. 7"),
        ("sms", "ada@example.com"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused_with_its_place(channel: Channel, given: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_address(channel, given, "test", pointer="/to")
    assert [fault.pointer for fault in refusal.value.faults] == ["/to"]


def test_test_addresses_are_good_in_test_mode_only() -> None:
    with pytest.raises(InvalidInput):
        checked_address("email", "delivered@sandbox.test", "live")
