"""`tidings connections …`"""

import json
from datetime import timedelta

import pytest

from tests.fixtures.command_line import Tidings
from tests.fixtures.shop import Shop
from tidings.kit.clock import SystemClock
from tidings.kit.vault import new_vault_key

SECRETS = json.dumps({"password": "of the mailbox"})
SMTP = ("--channel", "email", "--provider", "smtp")


def added(tidings: Tidings, shop: Shop, name: str = "mail", *more: str) -> dict[str, object]:
    done = tidings(
        "connections", "add", shop.slug, name, *SMTP, "--setting", "host=mail.example.com", "--setting", "port=587",
        "--setting", "from=shop@example.com", "--setting", "username=shop", "--secrets", *more, input=SECRETS,
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    made: dict[str, object] = json.loads(done.stdout)
    return made


def test_a_connection_is_added_and_listed_without_its_secrets(tidings: Tidings, shop: Shop):
    connection = added(tidings, shop)
    assert str(connection["callback_url"]).endswith(f"/v1/callbacks/{connection['id']}")
    listed = tidings("connections", "list", shop.slug, "--json").stdout
    assert json.loads(listed)[0]["settings"]["port"] == 587
    assert "of the mailbox" not in listed


def test_a_connection_is_paused_resumed_and_removed(tidings: Tidings, shop: Shop):
    connection = str(added(tidings, shop)["id"])
    assert json.loads(tidings("connections", "pause", shop.slug, connection).stdout)["is_paused"] is True
    assert json.loads(tidings("connections", "resume", shop.slug, connection).stdout)["is_paused"] is False
    assert tidings("connections", "remove", shop.slug, connection).stdout == f"{connection} is removed.\n"
    assert json.loads(tidings("connections", "list", shop.slug, "--json").stdout) == []
    assert tidings("connections", "pause", shop.slug, connection).exit_code == 1


def test_everything_that_the_provider_does_not_take_is_said(tidings: Tidings, shop: Shop):
    refused = tidings("connections", "add", shop.slug, "mail", *SMTP, "--setting", "prot=587")
    assert refused.exit_code == 1
    assert "/settings/prot" in refused.stderr
    assert "/settings/host" in refused.stderr


def test_test_mode_reaches_no_other_provider_than_the_sandbox(tidings: Tidings, shop: Shop):
    refused = tidings("connections", "add", shop.slug, "mail", *SMTP, "--mode", "test", "--setting", "host=m.example")
    assert refused.exit_code == 1
    assert "test mode reaches no other provider" in refused.stderr


@pytest.mark.parametrize(("given", "said"), [("{", "is not JSON"), ('["a"]', "is not a JSON object")])
def test_secrets_that_are_no_object_are_refused_and_not_quoted(tidings: Tidings, shop: Shop, given: str, said: str):
    refused = tidings("connections", "add", shop.slug, "mail", *SMTP, "--secrets", input=given)
    assert refused.exit_code == 1
    assert said in refused.stderr


def test_a_setting_needs_its_value(tidings: Tidings, shop: Shop):
    refused = tidings("connections", "add", shop.slug, "mail", *SMTP, "--setting", "host")
    assert refused.stderr == "tidings: --setting takes name=value, not 'host'\n"


def test_secrets_are_put_under_a_new_key(tidings: Tidings, shop: Shop, settings_environment: pytest.MonkeyPatch):
    old = new_vault_key()
    settings_environment.setenv("TIDINGS_SECRETS_KEYS", old)
    added(tidings, shop)
    new = new_vault_key()
    settings_environment.setenv("TIDINGS_SECRETS_KEYS", f"{new},{old}")
    before = SystemClock().now()
    said = tidings("connections", "reseal").stdout
    assert said.startswith(
        "1 connections and 0 webhook endpoints are sealed with the first key, and 0 kept answers.\nLeave the other keys"
    )
    # By default links to documents work for 90 days, those to the feedback page for 60.
    ends = {f"{each + timedelta(days=90):%Y-%m-%d}" for each in (before, SystemClock().now())}
    assert any(f"behind it until the end of {day} (UTC):" in said for day in ends)
    settings_environment.setenv("TIDINGS_SECRETS_KEYS", new)
    assert tidings("connections", "reseal").stdout == (
        "1 connections and 0 webhook endpoints are sealed with the first key, and 0 kept answers.\n"
    )
    settings_environment.setenv("TIDINGS_SECRETS_KEYS", old)
    refused = tidings("connections", "reseal")
    assert refused.exit_code == 1
    assert "TIDINGS_SECRETS_KEYS, which lacks the key" in refused.stderr
