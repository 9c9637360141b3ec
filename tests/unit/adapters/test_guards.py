"""Nobody whom the registry gives out raises, whatever the adapter behind it does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.clock import FixedClock
from tests.contract.verifying import question
from tests.unit.adapters.test_registry import connection
from tidings.adapters.http import Http
from tidings.adapters.provider import Provider, ProviderSecrets, ProviderSettings, Tools
from tidings.adapters.registry import Registry
from tidings.changes.ports import RefundAsked, RefundSilent, RefundSucceeded
from tidings.verification.ports import Passed, Question, Silent

ASKED = question("payment", payment_reference="4915112345678")
REFUND = RefundAsked("rfd_1", "W-1", "pi_1", 1999, "EUR")


class Fine:
    """Does what it is asked for."""

    closed = 0

    async def verify(self, asked: Question) -> Passed:
        return Passed(asked.key)

    async def refund(self, asked: RefundAsked) -> RefundSucceeded:
        return RefundSucceeded(asked.refund_id)

    async def close(self) -> None:
        Fine.closed += 1


class Buggy(Fine):
    async def verify(self, asked: Question) -> Passed:
        raise KeyError(asked.payment_reference)

    async def refund(self, asked: RefundAsked) -> RefundSucceeded:
        raise RecursionError


class Endless(Fine):
    async def verify(self, asked: Question) -> Passed:
        await asyncio.sleep(60)
        return Passed()

    async def refund(self, asked: RefundAsked) -> RefundSucceeded:
        await asyncio.sleep(60)
        return RefundSucceeded("never")


def provider(kind: type[Fine]) -> Provider:
    return Provider(
        kind.__name__.lower(),
        ("payment",),
        ProviderSettings,
        ProviderSecrets,
        open_verifier=lambda _connection, _tools: kind(),
        open_refunder=lambda _connection, _tools: kind(),
    )


PLAIN = Provider("plain", ("payment",), ProviderSettings, ProviderSecrets)


@pytest.fixture
async def registry() -> AsyncIterator[Registry]:
    async with Http() as http:
        tools = Tools(http, FixedClock(), timeout=timedelta(seconds=0.1))
        yield Registry(tools, [provider(Fine), provider(Buggy), provider(Endless), PLAIN])


def stored(name: str, **changes: object):
    return connection(channel="payment", provider=name, **{"settings": {}, "secrets": {}, **changes})


async def test_what_the_adapter_says_is_handed_on(registry: Registry) -> None:
    verifier, refunder = registry.open_verifier(stored("fine")), registry.open_refunder(stored("fine"))
    assert refunder is not None
    assert (await verifier.verify(ASKED), await refunder.refund(REFUND)) == (
        Passed("chk_0198"),
        RefundSucceeded("rfd_1"),
    )
    closed = Fine.closed
    await verifier.close()
    await refunder.close()
    assert Fine.closed == closed + 2


@pytest.mark.parametrize("name", ["buggy", "endless"])
async def test_a_fault_of_our_own_is_logged_and_counts_as_silence(
    name: str, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    verifier, refunder = registry.open_verifier(stored(name)), registry.open_refunder(stored(name))
    assert refunder is not None
    verdict, outcome = await verifier.verify(ASKED), await refunder.refund(REFUND)
    assert isinstance(verdict, Silent)
    assert not verdict.misconfigured
    assert isinstance(outcome, RefundSilent)
    assert verdict.reason.startswith("a fault in tidings itself")
    # What the exception says may be anything.
    assert "4915112345678" not in f"{verdict} {capsys.readouterr()}"


@pytest.mark.parametrize("broken", [stored("fine", settings={"colour": "red"}), stored("gone"), stored("plain")])
async def test_a_connection_that_cannot_verify_says_so_at_each_question(broken: object, registry: Registry) -> None:
    verifier = registry.open_verifier(broken)  # type: ignore[arg-type]
    verdict = await verifier.verify(ASKED)
    assert isinstance(verdict, Silent)
    assert verdict.misconfigured
    await verifier.close()


async def test_a_connection_that_cannot_pay_back_says_so_or_is_none(registry: Registry) -> None:
    broken = registry.open_refunder(stored("fine", settings={"colour": "red"}))
    assert broken is not None
    assert isinstance(await broken.refund(REFUND), RefundSilent)
    await broken.close()
    assert registry.open_refunder(stored("plain")) is None


async def test_who_only_verifies_sends_nothing(registry: Registry) -> None:
    sender = registry.open(stored("fine"))
    assert not sender.can_be_asked
    await sender.close()
