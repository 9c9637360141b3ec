"""Settles what a verifier said: the check is decided, or asked about again, or handed over to people.

All of it in one transaction with the end of the errand (or its next try), so that nothing is lost between them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from tidings.kit.db import Tx
from tidings.orders.load import By, HeldOrder
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.verification.conclude import MACHINE, conclude, order_to_check
from tidings.verification.expire import has_expired
from tidings.verification.hand_over import hand_over
from tidings.verification.kinds import CheckName
from tidings.verification.patience import Tries
from tidings.verification.ports import Failed, NotYet, Passed, Question, Silent, Verdict
from tidings.verification.question import question_about

_RESTING: Final = Silent("it has not answered for a while")


async def settle_verdict(
    tx: Tx, errand: ErrandInHand, question: Question, verdict: Verdict | None, now: datetime
) -> None:
    """Keep what a verifier said; part of whoever carries the errand out.

    An answer about another sum, or about other goods, than the order's by now says nothing about it: asked anew.

    Args:
        tx: a transaction of the errand's storefront and mode.
        errand: whose question it was.
        question: what was asked.
        verdict: the answer; None: nobody was asked, because nobody has answered for a while.
        now: the present instant.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    check = question.check
    order = await order_to_check(tx, errand, check)
    if order is None:
        await finish_errand(tx, errand)
        return
    if question_about(order, check, errand) != question:
        await put_off_errand(tx, errand, now, afresh=True)
        return
    turn = _Turn(tx, errand, check, order, By(MACHINE, now))
    match verdict:
        case Passed() | Failed():
            await conclude(tx, order, check, verdict, turn.by)
            await finish_errand(tx, errand)
        case NotYet():
            await turn.waits(verdict)
        case Silent():
            await turn.hears_nothing(verdict, was_asked=True)
        case None:
            await turn.hears_nothing(_RESTING, was_asked=False)
        case _:
            assert_never(verdict)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One try that decided nothing."""

    tx: Tx
    errand: ErrandInHand
    check: CheckName
    order: HeldOrder
    by: By

    async def waits(self, verdict: NotYet) -> None:
        """Asked again until the answer comes, or the order has expired; at last a person is asked."""
        tries = Tries.read(self.errand.data).after_not_yet(self.by.at)
        await self._again(tries, tries.wait(verdict.retry_after), verdict.reason)

    async def hears_nothing(self, verdict: Silent, *, was_asked: bool) -> None:
        """Asked again, and after some time a person is asked instead."""
        tries = Tries.read(self.errand.data).after_silence(self.by.at, was_asked=was_asked)
        if tries.needs_a_person(self.by.at, is_hopeless=verdict.misconfigured):
            await hand_over(self.tx, self.order, self.check, verdict.reason, self.by)
            tries = tries.handed_over()
        await self._again(tries, tries.pause(verdict.retry_after), verdict.reason)

    async def _again(self, tries: Tries, after: timedelta, reason: str) -> None:
        """Later; or never any more, and then a person certainly knows, unless the order has expired for just that."""
        if self.order.row.status == "cancelled":
            after = tries.unhurried(self.by.at, after)
        if tries.are_enough(self.by.at):
            if not await has_expired(self.tx, self.order):
                await hand_over(self.tx, self.order, self.check, reason, self.by)
            await finish_errand(self.tx, self.errand)
        else:
            await put_off_errand(self.tx, self.errand, self.by.at + after, tries.told(), afresh=True)
