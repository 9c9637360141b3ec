"""The sandbox as a verifier, held to what holds for every one of them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.contract.verifying import Plain, VerifierConformance, VerifierStand, question
from tidings.verification.ports import Question


class SandboxStand(VerifierStand):
    channel = "payment"
    provider = "sandbox"

    @property
    def settings(self) -> Mapping[str, Any]:
        return {"slow_seconds": 0}

    @property
    def secrets(self) -> Mapping[str, str]:
        return {"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0123456789"}

    def about(self, outcome: Plain) -> Question:
        references = {"passed": "pi_slow", "failed": "pi_declined", "pending": "pi_pending+2"}
        return question("payment", payment_reference=references[outcome])


@pytest.fixture
async def stand() -> AsyncIterator[SandboxStand]:
    async with SandboxStand() as stand:
        yield stand


class TestSandboxVerifier(VerifierConformance):
    provider = ("payment", "sandbox")
