"""Carries out `check_payment`: whether an order is paid, by whatever the shop's policy says of its payment method."""

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.orders.load import By, HeldOrder
from tidings.orders.payment import may_be_paid
from tidings.outbox.fetch import ErrandInHand, finish_errand
from tidings.storefronts.policy import Policy
from tidings.storefronts.shopbook import shop_rules
from tidings.verification.ask import Asking
from tidings.verification.conclude import MACHINE, conclude, order_to_check
from tidings.verification.expire import has_expired
from tidings.verification.hand_over import hand_over
from tidings.verification.patience import Tries
from tidings.verification.ports import Passed, Question
from tidings.verification.question import question_about
from tidings.verification.settle import settle_verdict


async def check_payment(errand: ErrandInHand, *, begin: Begin, clock: Clock, asking: Asking) -> None:
    """Let the check pass where payment is agreed for later, ask the provider, or leave it to people.

    Raises:
        LeaseLost: somebody else has the errand by now.
    """
    async with begin(errand.scope) as tx:
        question = await _question(tx, errand, clock)
    if question is None:
        return
    verdict = await asking.ask(errand.scope, question, turn=Tries.read(errand.data).turns)
    async with begin(errand.scope) as tx:
        await settle_verdict(tx, errand, question, verdict, clock.now())


async def _question(tx: Tx, errand: ErrandInHand, clock: Clock) -> Question | None:
    """What the provider is to be asked; None: the errand is done without asking."""
    order = await order_to_check(tx, errand, "payment")
    if order is not None:
        question = question_about(order, "payment", errand)
        policy = (await shop_rules(tx, errand.scope.storefront_id)).policy
        by = By(MACHINE, clock.now())
        match policy.verification.payment_of(question.payment_method):
            case "provider":
                return question
            case "agreed":
                await conclude(tx, order, "payment", Passed(f"agreed for later: {question.payment_method}"), by)
            case "manual":
                await _leave_to_people(tx, order, policy, by)
    await finish_errand(tx, errand)
    return None


async def _leave_to_people(tx: Tx, order: HeldOrder, policy: Policy, by: By) -> None:
    """They say it anyway; of an order that was cancelled they must be told that it matters still."""
    is_cancelled = order.row.status == "cancelled" and not await has_expired(tx, order)
    if is_cancelled and may_be_paid(order.row, policy):
        await hand_over(tx, order, "payment", "nobody has said whether it was paid", by)
