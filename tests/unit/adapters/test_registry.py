"""The one object through which connections are judged, opened and read."""

import asyncio
import dataclasses
from datetime import timedelta
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tidings.adapters.http import Http
from tidings.adapters.provider import Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.registry import PROVIDERS, Registry
from tidings.delivery.ports import Accepted, ConnectionConfig, Content, Misconfigured, Outgoing, Uncertain

OUTGOING = Outgoing(
    "att_1", "msg_1", "ord_1", "sms", "+4915112345678", Content("text"), "de", "https://x", FixedClock().now()
)


@pytest.fixture
async def tools():
    async with Http() as http:
        yield Tools(http, FixedClock(), timeout=timedelta(seconds=0.1))


@pytest.fixture
def registry(tools):
    return Registry(tools)


def connection(**changes: object) -> ConnectionConfig:
    stored = ConnectionConfig(
        UUID(int=1), UUID(int=2), "test", "main", "sms", "twilio",
        {"account_sid": "AC1", "from": "+15005550006"}, {"auth_token": "t"}, 1,
    )  # fmt: skip
    return dataclasses.replace(stored, **changes)


class Buggy:
    """A sender with a fault."""

    can_be_asked = True
    patience = timedelta(hours=1)
    closed = False

    async def send(self, outgoing: Outgoing) -> Accepted:
        raise KeyError(outgoing.to)

    async def find(self, outgoing: Outgoing) -> Accepted:
        await asyncio.sleep(60)
        return Accepted()

    async def close(self) -> None:
        Buggy.closed = True


BUGGY = Provider("buggy", ("sms",), ProviderSettings, ProviderSecrets, open=lambda _connection, _tools: Buggy())


def test_every_provider_is_known_by_channel_and_name(registry):
    kinds = registry.kinds()
    assert {("email", "smtp"), ("email", "sendgrid"), ("sms", "twilio"), ("push", "fcm")} <= set(kinds)
    assert {(channel, "sandbox") for channel in ("email", "sms", "push", "voice")} <= set(kinds)
    assert len(kinds) == sum(len(provider.channels) for provider in PROVIDERS)


def test_who_calls_back_has_a_reader_and_who_does_not_has_none(registry):
    assert registry.reader("sms", "twilio") is not None
    assert registry.reader("push", "fcm") is None
    assert registry.reader("sms", "nobody") is None


def test_an_unknown_channel_or_provider_is_named(registry):
    (fault,) = registry.check("pigeon", "twilio", {}, {}).faults
    assert fault.pointer == "/channel"
    (fault,) = registry.check("sms", "smtp", {}, {}).faults
    assert fault.pointer == "/provider"
    assert "sandbox, twilio" in fault.detail


def test_all_faults_are_told_at_once_with_pointers(registry):
    settings = {"account_sid": "nonsense", "base_url": "http://127.0.0.1", "colour/kind": "red"}
    checked = registry.check("sms", "twilio", settings, {"token": "x"})
    assert [fault.pointer for fault in checked.faults] == [
        "/settings/base_url",
        "/settings/account_sid",
        "/settings/colour~1kind",
        "/secrets/auth_token",
        "/secrets/token",
    ]
    assert checked.faults[0].detail.startswith("must start with https://")
    assert (checked.settings, checked.secrets) == ({}, {})


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_no_fault_shows_a_pattern(registry, provider):
    parts = {"settings": provider.settings, "secrets": provider.secrets}
    given = {
        name: dict.fromkeys(model.model_json_schema().get("properties", {}), "\x01 ~") for name, model in parts.items()
    }
    checked = registry.check(next(iter(provider.channels)), provider.name, given["settings"], given["secrets"])
    assert checked.faults
    assert not [fault for fault in checked.faults if "pattern" in fault.detail or "[" in fault.detail]


def test_a_fault_of_the_whole_points_at_the_whole(registry):
    checked = registry.check("sms", "twilio", {"account_sid": "AC1"}, {"auth_token": "t"})
    assert [(fault.pointer, fault.detail) for fault in checked.faults] == [
        ("/settings", "needs either `from` or `messaging_service_sid`")
    ]


def test_faults_never_repeat_a_secret(registry):
    checked = registry.check("push", "fcm", {}, {"service_account": "s3cret", "other": "s3cret"})
    assert checked.faults
    assert "s3cret" not in str(checked.faults)


def test_defaults_are_filled_in_and_names_are_kept(registry):
    checked = registry.check("email", "sendgrid", {"from": " Shop <a@b.example> "}, {"api_key": "SG.x"})
    assert checked.settings == {"base_url": "https://api.sendgrid.com", "from": "Shop <a@b.example>"}
    assert checked.secrets == {"api_key": "SG.x"}


def test_keys_that_are_ours_to_choose_are_made_up_once(registry):
    settings = {"host": "mail.shop.example", "from": "a@b.example"}
    first = registry.check("email", "smtp", settings, {})
    second = registry.check("email", "smtp", settings, {})
    assert len(first.secrets["bounce_key"]) >= 24
    assert first.secrets != second.secrets
    assert registry.check("email", "smtp", settings, first.secrets).secrets == first.secrets


async def test_a_connection_that_cannot_work_says_so_at_each_send(registry):
    for broken in (
        connection(settings={}),
        connection(provider="gone"),
        connection(channel="pigeon"),
        connection(settings={"account_sid": "AC1", "from": "+1", "base_url": "http://127.0.0.1:1"}),
    ):
        sender = registry.open(broken)
        assert isinstance(await sender.send(OUTGOING), Misconfigured)
        assert isinstance(await sender.find(OUTGOING), Uncertain)
        assert not sender.can_be_asked
        assert sender.patience is None
        await sender.close()


async def test_what_a_provider_can_is_what_the_opened_sender_can(tools):
    sender = Registry(tools).open(connection())
    assert sender.can_be_asked
    assert sender.patience == timedelta(hours=72)
    await sender.close()


async def test_a_fault_of_our_own_is_logged_and_counts_as_uncertain(tools, capsys):
    sender = Registry(tools, [BUGGY]).open(connection(provider="buggy", settings={}, secrets={}))
    outcome = await sender.send(OUTGOING)
    assert isinstance(outcome, Uncertain)
    assert outcome.code == "adapter_bug"
    # What the exception says may be an address.
    assert "4915112345678" not in f"{outcome} {capsys.readouterr()}"


async def test_one_that_does_not_keep_the_time_is_stopped(tools):
    sender = Registry(tools, [BUGGY]).open(connection(provider="buggy", settings={}, secrets={}))
    assert isinstance(await sender.find(OUTGOING), Uncertain)
    await sender.close()
    assert Buggy.closed
