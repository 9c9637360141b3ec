"""From a header field to a key, and to the person behind it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tidings.kit.db import Scope
from tidings.kit.problem import InvalidInput
from tidings.storefronts.authenticate import KnownKey, acting, bearer_token, digest, is_key
from tidings.storefronts.caller import Caller

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CALLER = Caller(Scope(UUID(int=1), "test"), UUID(int=2), "shop", frozenset({"orders"}), "shop")


@pytest.mark.parametrize("key", ["td_live_0123456789abcdef", "td_test_" + "a-_Z" * 50])
def test_keys_have_a_mode_and_16_letters_or_more(key: str) -> None:
    assert is_key(key)
    assert bearer_token(f"BEARER  {key} ") == key


@pytest.mark.parametrize("key", ["", "td_demo_0123456789abcdef", "td_live_0123456789abcde", "td_test_" + "a" * 201])
def test_anything_else_is_none(key: str) -> None:
    assert not is_key(key)
    assert bearer_token(f"Bearer {key}") is None


@pytest.mark.parametrize("field", [None, "", "Basic td_live_0123456789abcdef", "td_live_0123456789abcdef"])
def test_a_field_of_another_scheme_has_no_key(field: str | None) -> None:
    assert bearer_token(field) is None


def test_only_a_digest_is_kept() -> None:
    assert len(digest("td_live_0123456789abcdef")) == 32


def test_a_key_runs_out_at_its_instant() -> None:
    assert KnownKey(CALLER, None).holds_at(NOW)
    assert KnownKey(CALLER, NOW + timedelta(seconds=1)).holds_at(NOW)
    assert not KnownKey(CALLER, NOW).holds_at(NOW)


def test_the_person_named_acts_and_the_key_stays_who_it_stands_for() -> None:
    caller = acting(CALLER, "staff/ada.b-1_x")
    assert (caller.actor, caller.principal) == ("staff/ada.b-1_x", "shop")


def test_who_is_no_member_of_staff_does_not_act() -> None:
    with pytest.raises(InvalidInput):
        acting(CALLER, "customer/ada")
