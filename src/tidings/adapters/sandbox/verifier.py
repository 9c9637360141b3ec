"""The sandbox as a verifier: reserved payment references and articles force each answer, anything else passes."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from tidings.verification.ports import CheckName, Failed, NotYet, Passed, Question, Silent, Verdict

# What it is asked about in the end.
CHANNELS: Final[tuple[CheckName, ...]] = ("payment", "stock")

_ASK_AGAIN: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered when a name is asked about."""

    # For people, in the manual.
    about: str
    verdict: Verdict
    # Whether it takes its time before it answers.
    pace: Literal["at once", "slow"] = "at once"


_PAYMENTS: Final[Mapping[str, Answer]] = {
    "pi_declined": Answer("declined", Failed("the sandbox plays a declined payment")),
    "pi_underpaid": Answer("too little was paid", Failed("less paid than the order costs", has_money=True)),
    "pi_pending": Answer("under way, and never decided", NotYet("the payment is under way", _ASK_AGAIN)),
    "pi_slow": Answer("paid; the answer takes a while", Passed("paid in the sandbox"), "slow"),
    "pi_silent": Answer("no answer that makes sense", Silent("the sandbox plays a verifier that is out of order")),
}
_ARTICLES: Final[Mapping[str, Answer]] = {
    "SANDBOX-SOLD-OUT": Answer("sold out", Failed("sold out: SANDBOX-SOLD-OUT")),
    "SANDBOX-PENDING": Answer("being counted, and never decided", NotYet("the stock is being counted", _ASK_AGAIN)),
    "SANDBOX-SLOW": Answer("in stock; the answer takes a while", Passed("in stock in the sandbox"), "slow"),
    "SANDBOX-SILENT": Answer("no answer that makes sense", Silent("the sandbox plays a stock system out of order")),
}

RESERVED_ANSWERS: Final[Mapping[CheckName, Mapping[str, Answer]]] = {"payment": _PAYMENTS, "stock": _ARTICLES}
_ANYTHING_ELSE: Final[Mapping[CheckName, Answer]] = {
    "payment": Answer("paid", Passed("paid in the sandbox")),
    "stock": Answer("in stock", Passed("in stock in the sandbox")),
}


def answer_to(question: Question) -> Answer:
    """What the sandbox answers: of several reserved names the worst one counts, `pi_declined+2` is `pi_declined`."""
    reserved = RESERVED_ANSWERS[question.check]
    named = {name.partition("+")[0] for name in _names(question)}
    return next((answer for name, answer in reserved.items() if name in named), _ANYTHING_ELSE[question.check])


def _names(question: Question) -> Iterable[str]:
    if question.check == "payment":
        return [question.payment_reference or ""]
    return [line.sku for line in question.lines]


class SandboxVerifier:
    """Answers by name; nothing is kept of it."""

    def __init__(self, slow: timedelta) -> None:
        self._slow = slow

    async def verify(self, question: Question) -> Verdict:
        """Answer."""
        answer = answer_to(question)
        if answer.pace == "slow":
            await asyncio.sleep(self._slow.total_seconds())
        return answer.verdict

    async def close(self) -> None:
        """Nothing is held open."""
