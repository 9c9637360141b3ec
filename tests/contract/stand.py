"""What the conformance cases need of a provider: its double, a connection to it, and how to force what happens."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from tests.clock import FixedClock
from tidings.adapters.http import Http, Patience
from tidings.adapters.provider import Tools
from tidings.adapters.registry import Registry
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import Channel, ConnectionConfig, Content, Outgoing
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import Fault

Situation = Literal[
    "bad recipient",  # a definite no, and the address is to blame
    "bad message",  # a definite no, and the address is not to blame
    "not now",  # a definite no for the moment
    "too fast",  # throttled, without a word on how long
    "too fast for 7 s",
    "too fast until a date",
    "too fast for a nonsense time",
    "wrong credentials",
    "500",
    "garbage",  # an answer that is not the provider's
    "hang",  # no answer in time
    "hang up",  # the connection closes instead of an answer
    "taken and cut off",  # taken, and the answer is lost half-way
]

CALLBACK_URL = "https://tidings.example.com/v1/callbacks/con_0198"
_STOREFRONT = UUID(int=1)
# For what hangs by order; everything else may take its time on a busy machine.
IMPATIENT = timedelta(seconds=2)
PATIENT = timedelta(seconds=12)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the double has, whatever the provider."""

    to: str
    text: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Forced:
    """What must be different about the message or the connection, for a situation to come about."""

    to: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)


class Stand(ABC):
    """One provider with its double; used as an async context manager by its test module's fixture."""

    channel: ClassVar[Channel]
    provider: ClassVar[str]
    recipient: ClassVar[str]

    def __init__(self) -> None:
        self.clock = FixedClock()
        self._clients: dict[timedelta, Http] = {}
        self.patience = PATIENT

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.close()

    @property
    def http(self) -> Http:
        """The client of the patience that we have now."""
        if self.patience not in self._clients:
            self._clients[self.patience] = Http(Patience.within(self.patience))
        return self._clients[self.patience]

    @property
    def tools(self) -> Tools:
        """As under `tidings dev`."""
        return Tools(self.http, self.clock, timeout=self.patience, allow_insecure=True)

    @property
    def registry(self) -> Registry:
        """With all providers."""
        return Registry(self.tools)

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """A connection to the double."""

    @property
    @abstractmethod
    def secrets(self) -> Mapping[str, str]:
        """Its secrets."""

    @abstractmethod
    def force(self, situation: Situation) -> Forced | None:
        """Bring a situation about; None: it cannot come about at this provider."""

    @abstractmethod
    async def taken(self) -> list[Taken]:
        """What the double has taken."""

    def go_away(self) -> Mapping[str, Any] | None:
        """Settings of a connection at which nobody listens; None: there is no such thing."""
        return None

    def connection(self, **changes: Mapping[str, Any]) -> ConnectionConfig:
        """A stored connection, as the registry has judged it."""
        settings = {**self.settings, **changes.get("settings", {})}
        secrets = {**self.secrets, **changes.get("secrets", {})}
        checked = self.registry.check(self.channel, self.provider, settings, secrets)
        assert checked.faults == (), faults_of(checked.faults)
        return ConnectionConfig(
            id=UUID(int=2), storefront_id=_STOREFRONT, mode="test", name="main", channel=self.channel,
            provider=self.provider, settings=checked.settings, secrets=checked.secrets, version=1,
        )  # fmt: skip

    def outgoing(self, to: str | None = None, content: Content | None = None, **changes: Any) -> Outgoing:
        """A message to send."""
        fields: dict[str, Any] = {
            "attempt_id": wire("att", new_id()),
            "message_id": wire("msg", new_id()),
            "order_id": wire("ord", new_id()),
            "channel": self.channel,
            "to": to or self.recipient,
            "content": content or Content("Thank you for your order #1.", "Your order #1"),
            "locale": "de-DE",
            "callback_url": CALLBACK_URL,
            "valid_until": self.clock.now() + timedelta(hours=2),
            "trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }
        return Outgoing(**{**fields, **changes})


class TalkingStand(Stand):
    """One whose provider calls back."""

    @abstractmethod
    def delivered(self, outgoing: Outgoing) -> Posted:
        """The callback by which the provider says that the last message was delivered."""

    @abstractmethod
    def sealed(self, body: bytes) -> Posted:
        """Any body at all, signed by the provider as well as it can be."""


def faults_of(faults: tuple[Fault, ...]) -> dict[str, str]:
    """Pointer → what is wrong there."""
    return {fault.pointer: fault.detail for fault in faults}
