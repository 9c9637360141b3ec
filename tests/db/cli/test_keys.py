"""`tidings keys …`"""

import json

import pytest
from cryptography.fernet import Fernet

from tests.fixtures.command_line import Tidings
from tests.fixtures.shop import Shop
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin
from tidings.storefronts.authenticate import KeyRing
from tidings.storefronts.errors import Unauthorised


async def caller(begin: Begin, key: str):
    return await KeyRing(begin, keep_seconds=0).caller_of(f"Bearer {key}", None, now=SystemClock().now())


def issued(tidings: Tidings, shop: Shop, *more: str) -> dict[str, str]:
    done = tidings("keys", "issue", shop.slug, "--name", "Till", "--principal", "till", *more)
    assert done.exit_code == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout)
    return made


def test_a_key_may_do_what_was_asked_for_in_its_mode(tidings: Tidings, shop: Shop):
    key = issued(tidings, shop, "--mode", "test", "--scope", "orders", "--scope", "operations", "--days", "7")
    assert key["key"].startswith("td_test_")
    assert (key["scopes"], key["principal"], key["mode"]) == (["orders", "operations"], "till", "test")
    assert key["expires_at"] is not None
    assert issued(tidings, shop)["key"].startswith("td_live_")


def test_a_key_is_listed_without_its_secret(tidings: Tidings, shop: Shop):
    key = issued(tidings, shop)
    listed = tidings("keys", "list", shop.slug).stdout
    assert key["id"] in listed
    assert key["key"] not in listed


def test_a_rotated_key_has_a_successor_and_an_end(tidings: Tidings, shop: Shop):
    key = issued(tidings, shop)
    successor = json.loads(tidings("keys", "rotate", shop.slug, key["id"], "--overlap-hours", "1").stdout)
    assert successor["key"] != key["key"]
    (old,) = [one for one in json.loads(tidings("keys", "list", shop.slug, "--json").stdout) if one["id"] == key["id"]]
    assert old["replaced_by"] == successor["id"]
    assert old["expires_at"] is not None


def test_a_revoked_key_says_so(tidings: Tidings, shop: Shop):
    key = issued(tidings, shop)
    assert json.loads(tidings("keys", "revoke", shop.slug, key["id"]).stdout)["revoked_at"] is not None


def test_a_key_of_the_other_mode_is_not_there(tidings: Tidings, shop: Shop):
    key = issued(tidings, shop)
    assert tidings("keys", "revoke", shop.slug, key["id"], "--mode", "test").exit_code == 1


def test_an_unknown_scope_is_refused(tidings: Tidings, shop: Shop):
    refused = tidings("keys", "issue", shop.slug, "--name", "Till", "--principal", "till", "--scope", "everything")
    assert refused.exit_code == 1
    assert "/scopes/0" in refused.stderr


def test_an_encryption_key_is_one(tidings: Tidings):
    Fernet(tidings("keys", "generate").stdout.strip())


async def test_the_fixtures_own_key_is_known(begin: Begin, shop: Shop):
    assert (await caller(begin, shop.test_key)).scope == shop.scope
    with pytest.raises(Unauthorised):
        await caller(begin, shop.test_key + "x")
