"""What must hold for everybody who says whether an order is paid or in stock. Each one's test module inherits it."""

import asyncio
import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

import pytest

from tests.clock import FixedClock
from tests.contract.stand import IMPATIENT, PATIENT
from tests.doubles.turns import answers, breaks_off, floods, garbles, hangs, hangs_up, resets
from tests.doubles.wire import HttpDouble
from tidings.adapters.http import Http, Patience
from tidings.adapters.provider import Tools
from tidings.adapters.registry import Registry
from tidings.verification.ports import (
    CheckName,
    ConnectionConfig,
    Failed,
    NotYet,
    Passed,
    Question,
    QuestionLine,
    Silent,
    Verdict,
)  # fmt: skip

Plain = Literal["passed", "failed", "pending"]
KINDS: Mapping[Plain, type[Passed | Failed | NotYet]] = {"passed": Passed, "failed": Failed, "pending": NotYet}


class VerifierStand(ABC):
    """One verifier with its double; used as an async context manager by its test module's fixture."""

    channel: ClassVar[CheckName]
    provider: ClassVar[str]

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.patience = PATIENT
        self._clients: dict[timedelta, Http] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients.values():
            await client.close()

    @property
    def registry(self) -> Registry:
        """With all providers, as under `tidings dev`."""
        if self.patience not in self._clients:
            self._clients[self.patience] = Http(Patience.within(self.patience))
        return Registry(Tools(self._clients[self.patience], self.clock, timeout=self.patience, allow_insecure=True))

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """A connection to the double."""

    @property
    @abstractmethod
    def secrets(self) -> Mapping[str, str]:
        """Its secrets."""

    @property
    def double(self) -> HttpDouble | None:
        """What is asked; None: it is no server."""
        return None

    @property
    def wrong_secrets(self) -> Mapping[str, str] | None:
        """Secrets that are not the double's; None: there is no such thing."""
        return None

    @abstractmethod
    def about(self, outcome: Plain) -> Question:
        """A question that is answered so."""

    def connection(self, **changes: Mapping[str, Any]) -> ConnectionConfig:
        """A stored connection, as the registry has judged it."""
        settings = {**self.settings, **changes.get("settings", {})}
        secrets = {**self.secrets, **changes.get("secrets", {})}
        checked = self.registry.check(self.channel, self.provider, settings, secrets)
        assert not checked.faults, checked.faults
        return ConnectionConfig(
            id=UUID(int=2), storefront_id=UUID(int=1), mode="test", name="main", channel=self.channel,
            provider=self.provider, settings=checked.settings, secrets=checked.secrets, version=1,
        )  # fmt: skip

    async def asked(self, question: Question, **changes: Mapping[str, Any]) -> Verdict:
        """What it says."""
        verifier = self.registry.open_verifier(self.connection(**changes))
        try:
            return await verifier.verify(question)
        finally:
            await verifier.close()


def question(check: CheckName, **changes: Any) -> Question:
    """Is order W-1 paid, or in stock?"""
    usual = Question(
        check=check, key="chk_0198", order_id="ord_0198", order_number="W-1", total=1999, currency="EUR",
        payment_method="card", payment_provider=None, payment_reference="pi_1", lines=[QuestionLine("TEA", 2)],
    )  # fmt: skip
    return dataclasses.replace(usual, **changes)


class VerifierConformance:
    """Asking: the same question gets the same kind of answer from everybody."""

    provider: ClassVar[tuple[str, str]]

    @pytest.mark.parametrize("outcome", KINDS)
    async def test_what_it_says_is_heard(self, stand: VerifierStand, outcome: Plain) -> None:
        for _ in range(2):
            assert isinstance(await stand.asked(stand.about(outcome)), KINDS[outcome])

    async def test_a_no_says_why(self, stand: VerifierStand) -> None:
        verdict = await stand.asked(stand.about("failed"))
        assert isinstance(verdict, Failed)
        assert verdict.reason

    async def test_many_at_once_are_each_answered(self, stand: VerifierStand) -> None:
        asked = [stand.about("passed"), stand.about("failed")] * 10
        verdicts = await asyncio.gather(*(stand.asked(each) for each in asked))
        assert [type(verdict) for verdict in verdicts] == [Passed, Failed] * 10

    async def test_wrong_credentials_are_a_misconfiguration(self, stand: VerifierStand) -> None:
        if stand.wrong_secrets is None:
            pytest.skip(f"{stand.provider} knows nobody")
        verdict = await stand.asked(stand.about("passed"), secrets=stand.wrong_secrets)
        assert isinstance(verdict, Silent)
        assert verdict.misconfigured

    @pytest.mark.parametrize("status", [500, 502, 503, 429, 409])
    async def test_trouble_of_its_own_decides_nothing(self, stand: VerifierStand, status: int) -> None:
        verdict = await self._after(stand, answers(status, {"outcome": "passed", "status": "succeeded"}))
        assert isinstance(verdict, Silent)
        assert not verdict.misconfigured

    @pytest.mark.parametrize(
        "body", [b"", b"<html>OK</html>", b"null", b"[]", b'"passed"', b"{}", b'{"outcome":null}', b'{"id":1}', b"\xff"]
    )
    async def test_an_answer_that_makes_no_sense_decides_nothing(self, stand: VerifierStand, body: bytes) -> None:
        assert isinstance(await self._after(stand, answers(200, body)), Silent)

    @pytest.mark.parametrize(
        "turn", [hangs_up(), resets(), garbles(), breaks_off(), floods()], ids=lambda turn: turn.end
    )
    async def test_no_whole_answer_decides_nothing(self, stand: VerifierStand, turn: Any) -> None:
        assert isinstance(await self._after(stand, turn), Silent)

    async def test_one_that_hangs_is_not_waited_for(self, stand: VerifierStand) -> None:
        stand.patience = IMPATIENT
        assert isinstance(await self._after(stand, hangs()), Silent)

    async def test_a_redirect_is_not_followed(self, stand: VerifierStand) -> None:
        verdict = await self._after(stand, answers(302, b"", {"location": "https://elsewhere.example"}))
        assert isinstance(verdict, Silent)
        assert verdict.misconfigured

    async def test_how_long_to_wait_is_heard(self, stand: VerifierStand) -> None:
        verdict = await self._after(stand, answers(429, b"", {"retry-after": "7"}))
        assert isinstance(verdict, Silent)
        assert verdict.retry_after == timedelta(seconds=7)
        date = format_datetime(stand.clock.now() + timedelta(seconds=30), usegmt=True)
        verdict = await self._after(stand, answers(503, b"", {"retry-after": date}))
        assert isinstance(verdict, Silent)
        assert verdict.retry_after == timedelta(seconds=30)

    async def test_it_works_on_after_a_mishap(self, stand: VerifierStand) -> None:
        assert isinstance(await self._after(stand, hangs_up()), Silent)
        assert isinstance(await stand.asked(stand.about("passed")), Passed)

    async def test_what_it_says_is_told_without_addresses(self, stand: VerifierStand) -> None:
        said = {"error": {"message": "no ada@example.com +4915112345678"}, "reason": "no ada@example.com"}
        verdict = await self._after(stand, answers(400, said))
        assert "ada@example.com" not in str(verdict)
        assert "4915112345678" not in str(verdict)

    @staticmethod
    async def _after(stand: VerifierStand, turn: Any) -> Verdict:
        if stand.double is None:
            pytest.skip(f"{stand.provider} is no server")
        stand.double.script(turn)
        return await stand.asked(stand.about("passed"))

    async def test_an_unknown_setting_is_named(self, stand: VerifierStand) -> None:
        settings, secrets = {**stand.settings, "colour": "red"}, {**stand.secrets, "colour": "red"}
        checked = stand.registry.check(stand.channel, stand.provider, settings, secrets)
        assert {"/settings/colour", "/secrets/colour"} <= {fault.pointer for fault in checked.faults}

    async def test_settings_and_secrets_survive_being_stored(self, stand: VerifierStand) -> None:
        first = stand.connection()
        again = stand.registry.check(stand.channel, stand.provider, first.settings, first.secrets)
        assert (again.settings, again.secrets) == (first.settings, first.secrets)
