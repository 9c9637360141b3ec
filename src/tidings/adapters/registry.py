"""Every provider that tidings speaks to: one line each, checked, opened and read through one object."""

import asyncio
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from tidings.adapters.email.sendgrid import SENDGRID
from tidings.adapters.email.smtp import SMTP
from tidings.adapters.provider import Provider, Tools
from tidings.adapters.push.fcm import FCM
from tidings.adapters.sandbox.provider import SANDBOX
from tidings.adapters.sms.twilio import TWILIO
from tidings.adapters.voice.twilio import TWILIO_VOICE
from tidings.callbacks.ports import CallbackReader
from tidings.delivery.ports import (
    ConnectionConfig,
    Found,
    Misconfigured,
    Outcome,
    Outgoing,
    Sender,
    Uncertain,
)  # fmt: skip
from tidings.kit.problem import Fault

PROVIDERS: tuple[Provider, ...] = (
    SMTP,
    SENDGRID,
    TWILIO,
    TWILIO_VOICE,
    FCM,
    SANDBOX,
)

# Every sender keeps the time itself and knows what its running out means; this is for one that does not.
_LAST_RESORT = 1.1

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """A connection's settings and secrets as they are to be stored, or what is wrong with them."""

    settings: Mapping[str, object]
    secrets: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


class Registry:
    """The providers, and what they need to work."""

    def __init__(self, tools: Tools, providers: Iterable[Provider] = PROVIDERS) -> None:
        self._tools = tools
        self._providers = {(channel, each.name): each for each in providers for channel in each.channels}

    def kinds(self) -> tuple[tuple[str, str], ...]:
        """All (channel, provider) that a connection may have."""
        return tuple(self._providers)

    def provider(self, channel: str, name: str) -> Provider | None:
        """The provider of this name on this channel, or None."""
        return self._providers.get((channel, name))

    def reader(self, channel: str, name: str) -> CallbackReader | None:
        """How this provider's callbacks are read; None when there is no such provider or it never calls back."""
        provider = self.provider(channel, name)
        return None if provider is None else provider.reader

    def check(self, channel: str, name: str, settings: Mapping[str, object], secrets: Mapping[str, object]) -> Checked:
        """Judge what somebody wants to store as a connection; all faults at once, with pointers into the body.

        Defaults are filled in, and secrets that are ours to choose (signing keys) are made up if none are given.
        """
        provider = self.provider(channel, name)
        if provider is None:
            return Checked({}, {}, (self._unknown(channel, name),))
        made_up = {field: make() for field, make in provider.own_secrets.items() if not secrets.get(field)}
        return self._judged(provider, settings, {**secrets, **made_up})

    def _judged(self, provider: Provider, settings: Mapping[str, object], secrets: Mapping[str, object]) -> Checked:
        context = {"allow_insecure": self._tools.allow_insecure}
        shown, faults = _validated(provider.settings, settings, "/settings", context)
        hidden, more = _validated(provider.secrets, secrets, "/secrets", context)
        return Checked(shown, hidden, (*faults, *more))

    def open(self, connection: ConnectionConfig) -> Sender:
        """The way out through a connection. Never raises: one that cannot work says so at each send."""
        provider = self.provider(connection.channel, connection.provider)
        if provider is None:
            return Unusable(self._unknown(connection.channel, connection.provider).detail)
        checked = self._judged(provider, connection.settings, connection.secrets)
        if checked.faults:
            return Unusable("; ".join(f"{fault.pointer}: {fault.detail}" for fault in checked.faults))
        valid = replace(connection, settings=checked.settings, secrets=checked.secrets)
        return Guarded(provider.open(valid, self._tools), valid, self._tools.timeout * _LAST_RESORT)

    def _unknown(self, channel: str, name: str) -> Fault:
        there = sorted(provider for on, provider in self._providers if on == channel)
        if not there:
            return Fault("/channel", f"there is no provider for the channel {channel!r}")
        return Fault("/provider", f"{name!r} is none of the providers for {channel}: {', '.join(there)}")


def _validated(
    model: type[BaseModel], given: Mapping[str, object], pointer: str, context: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    try:
        valid = model.model_validate(dict(given), context=dict(context))
    except ValidationError as error:
        return {}, [_fault(pointer, each) for each in error.errors(include_url=False, include_input=False)]
    return valid.model_dump(mode="json", by_alias=True, exclude_none=True), []


def _fault(pointer: str, error: Mapping[str, Any]) -> Fault:
    path = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    return Fault(pointer + path, str(error["msg"]).removeprefix("Value error, "))


class Guarded:
    """A sender from which no exception gets out: one that does is a bug, and the message may have left."""

    def __init__(self, sender: Sender, connection: ConnectionConfig, longest: timedelta) -> None:
        self._sender = sender
        self._seconds = longest.total_seconds()
        self._connection = connection
        self.can_be_asked = sender.can_be_asked
        self.patience: timedelta | None = sender.patience

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Send once."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._sender.send(outgoing)
        except Exception as bug:  # noqa: BLE001 - whatever it is, the message may have left
            return self._bug("send", outgoing, bug)

    async def find(self, outgoing: Outgoing) -> Found:
        """Ask the provider whether it has this attempt."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._sender.find(outgoing)
        except Exception as bug:  # noqa: BLE001 - nothing was learnt
            return self._bug("find", outgoing, bug)

    async def close(self) -> None:
        """Let go of what is held open."""
        await self._sender.close()

    def _bug(self, doing: str, outgoing: Outgoing, bug: Exception) -> Uncertain:
        # Not the exception's own text, which may hold an address; where it happened says enough.
        _log.error(
            "adapter.bug",
            doing=doing,
            provider=self._connection.provider,
            connection=str(self._connection.id),
            attempt=outgoing.attempt_id,
            error=type(bug).__name__,
            where="".join(traceback.format_tb(bug.__traceback__)),
        )
        return Uncertain(f"a fault in tidings itself: {type(bug).__name__}", code="adapter_bug")


class Unusable:
    """A connection whose stored settings its provider does not accept (any more)."""

    can_be_asked = False
    patience: timedelta | None = None

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def send(self, outgoing: Outgoing) -> Outcome:  # noqa: ARG002 - nothing can be sent
        """Nothing leaves."""
        return Misconfigured(self._reason, code="settings")

    async def find(self, outgoing: Outgoing) -> Found:  # noqa: ARG002 - nobody can be asked
        """Nobody can be asked."""
        return Uncertain(self._reason, code="settings")

    async def close(self) -> None:
        """Nothing is held open."""
