"""What commands ask for is checked as a request over HTTP is."""

import pytest

from tidings.cli.asking import checked, made, pairs
from tidings.cli.running import Refused
from tidings.kit.problem import InvalidInput
from tidings.storefronts.schemas import ConnectionAsked, ZoneName


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidInput) as refused:
        made(ConnectionAsked, name="", channel="pigeon", provider="smtp", urgency=1)
    assert {fault.pointer for fault in refused.value.faults} == {"/name", "/channel", "/urgency"}


def test_what_is_right_is_made():
    assert made(ConnectionAsked, name="mail", channel="email", provider="smtp").priority == 1


def test_one_options_value_is_checked_by_its_type():
    assert checked(ZoneName, "time_zone", "Europe/Paris") == "Europe/Paris"
    with pytest.raises(InvalidInput) as refused:
        checked(ZoneName, "time_zone", "Paris")
    assert [(fault.pointer, fault.detail) for fault in refused.value.faults] == [
        ("/time_zone", "is not an IANA time zone, such as Europe/Berlin")
    ]


def test_pairs_are_read_with_numbers_as_numbers():
    assert pairs(["host=mail.example", "port=587", "tls=true", "from=a=b"], "--setting") == {
        "host": "mail.example",
        "port": 587,
        "tls": True,
        "from": "a=b",
    }
    assert pairs(None, "--setting") == {}


def test_a_pair_needs_both_halves():
    with pytest.raises(Refused, match="--setting takes name=value, not 'host'"):
        pairs(["host"], "--setting")
