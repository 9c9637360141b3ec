"""Every provider that tidings speaks to: one line each, checked, opened and read through one object."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from tidings.adapters.email.sendgrid import SENDGRID
from tidings.adapters.email.smtp import SMTP
from tidings.adapters.guards import (
    Guarded,
    GuardedRefunder,
    GuardedVerifier,
    Unusable,
    UnusableRefunder,
    UnusableVerifier,
)  # fmt: skip
from tidings.adapters.payment.stripe import STRIPE
from tidings.adapters.provider import Provider, Tools
from tidings.adapters.push.fcm import FCM
from tidings.adapters.sandbox.provider import SANDBOX
from tidings.adapters.sms.twilio import TWILIO
from tidings.adapters.verification.http import HTTP
from tidings.adapters.voice.twilio import TWILIO_VOICE
from tidings.callbacks.ports import CallbackReader
from tidings.changes.ports import Refunder
from tidings.delivery.ports import ConnectionConfig, Sender
from tidings.kit.faults import faults_of
from tidings.kit.problem import Fault
from tidings.verification.ports import Verifier

PROVIDERS: tuple[Provider, ...] = (
    SMTP,
    SENDGRID,
    TWILIO,
    TWILIO_VOICE,
    FCM,
    STRIPE,
    HTTP,
    SANDBOX,
)

# Whoever is opened keeps the time itself and knows what its running out means; this is for one that does not.
_LAST_RESORT = 1.1


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
        opened = self._opened(connection)
        if isinstance(opened, str):
            return Unusable(opened)
        provider, valid = opened
        if provider.open is None:
            return Unusable(f"{provider.name} sends nothing")
        return Guarded(provider.open(valid, self._tools), valid, self._tools.timeout * _LAST_RESORT)

    def open_verifier(self, connection: ConnectionConfig) -> Verifier:
        """Whoever is asked through a connection. Never raises: one that cannot work says so at each question."""
        opened = self._opened(connection)
        if isinstance(opened, str):
            return UnusableVerifier(opened)
        provider, valid = opened
        if provider.open_verifier is None:
            return UnusableVerifier(f"{provider.name} verifies nothing")
        return GuardedVerifier(provider.open_verifier(valid, self._tools), valid, self._tools.timeout * _LAST_RESORT)

    def open_refunder(self, connection: ConnectionConfig) -> Refunder | None:
        """Whoever pays back through a connection; None when its provider never does, and a person must."""
        opened = self._opened(connection)
        if isinstance(opened, str):
            return UnusableRefunder(opened)
        provider, valid = opened
        if provider.open_refunder is None:
            return None
        return GuardedRefunder(provider.open_refunder(valid, self._tools), valid, self._tools.timeout * _LAST_RESORT)

    def _opened(self, connection: ConnectionConfig) -> tuple[Provider, ConnectionConfig] | str:
        """The provider of a connection, and the connection as its own classes judge it; or why there is none."""
        provider = self.provider(connection.channel, connection.provider)
        if provider is None:
            return self._unknown(connection.channel, connection.provider).detail
        checked = self._judged(provider, connection.settings, connection.secrets)
        if checked.faults:
            return "; ".join(f"{fault.pointer}: {fault.detail}" for fault in checked.faults)
        return provider, replace(connection, settings=checked.settings, secrets=checked.secrets)

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
        return {}, faults_of(error.errors(include_url=False, include_input=False), root=None, at=pointer)
    return valid.model_dump(mode="json", by_alias=True, exclude_none=True), []
