"""The sandbox, held to what holds for every provider: whoever tries tidings with it sees what production does."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.contract.conformance import CallbackConformance, SenderConformance
from tests.contract.stand import CALLBACK_URL, Forced, Situation, Taken, TalkingStand
from tidings.adapters.provider import Tools
from tidings.adapters.sandbox.queries import Filter, letters
from tidings.adapters.sandbox.wire import Callback, body_of, callback_id, signed_headers
from tidings.callbacks.ports import Posted
from tidings.delivery.ports import ConnectionConfig, Outgoing
from tidings.kit.db import Begin
from tidings.kit.ids import parse
from tidings.kit.scope import Scope

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class SandboxStand(TalkingStand):
    channel = "sms"
    provider = "sandbox"
    recipient = "+4915112345678"

    def __init__(self, begin: Begin, scope: Scope) -> None:
        super().__init__()
        self._begin = begin
        self._scope = scope

    @property
    def tools(self) -> Tools:
        return Tools(self.http, self.clock, begin=self._begin)

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"beat_seconds": 1.0}

    @property
    def secrets(self) -> Mapping[str, str]:
        return {"signing_secret": SECRET}

    def connection(self, **changes: Mapping[str, Any]) -> ConnectionConfig:
        stored = super().connection(**changes)
        return ConnectionConfig(
            stored.id, self._scope.storefront_id, "test", stored.name, stored.channel, stored.provider,
            stored.settings, stored.secrets, 1,
        )  # fmt: skip

    async def taken(self) -> list[Taken]:
        async with self._begin(self._scope) as tx:
            lying = await letters(tx, Filter(), 100)
            messages = [each.message for each in lying if each.message.answer == "taken"]
            return [Taken(message.recipient, message.text, message.subject, message.html) for message in messages]

    def force(self, situation: Situation) -> Forced | None:
        # None condemns its number, or it could force its outcome only once.
        reserved: dict[Situation, str] = {"bad message": "+15005550103", "too fast": "+15005550104"}
        return Forced(to=reserved[situation]) if situation in reserved else None

    def delivered(self, outgoing: Outgoing) -> Posted:
        attempt = parse("att", outgoing.attempt_id)
        assert attempt is not None
        callback = Callback(attempt, "delivered", self.clock.now(), attempt, "sms", outgoing.to)
        return self._posted(body_of([callback]), callback_id(callback.id))

    def sealed(self, body: bytes) -> Posted:
        return self._posted(body, "sbe_1")

    def _posted(self, body: bytes, name: str) -> Posted:
        return Posted(CALLBACK_URL, signed_headers(name, body, SECRET, self.clock.now()), body)


@pytest.fixture
async def stand(worker_begin: Begin, shop: Any) -> AsyncIterator[SandboxStand]:
    async with SandboxStand(worker_begin, shop.scope) as stand:
        yield stand


class TestSandbox(SenderConformance, CallbackConformance):
    provider = ("sms", "sandbox")
