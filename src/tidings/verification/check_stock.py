"""Carries out `check_stock`: reserves an order's goods in the shop's ledger, or asks whoever knows."""

from datetime import timedelta
from typing import Final

from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.orders.load import By, HeldOrder
from tidings.outbox.fetch import ErrandInHand, finish_errand, put_off_errand
from tidings.storefronts.policy import Verification
from tidings.storefronts.shopbook import shop_rules
from tidings.verification.ask import Asking
from tidings.verification.conclude import MACHINE, conclude, has_all_left, is_ours, order_to_check, order_to_supply
from tidings.verification.goods import Reserved, said_of
from tidings.verification.patience import Tries
from tidings.verification.ports import Failed, Passed, Question
from tidings.verification.question import question_about
from tidings.verification.release import release_unwanted
from tidings.verification.reserve import reserve_goods
from tidings.verification.settle import settle_verdict

# An order that lacks goods is looked at again when some come in (count.py); this is for whatever that has missed.
_LOOK_AGAIN: Final = timedelta(hours=6)


async def check_stock(errand: ErrandInHand, *, begin: Begin, clock: Clock, asking: Asking) -> None:
    """Reserve, or ask. What was reserved and what the check came to are one transaction.

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
    """What the provider is to be asked; None: the errand is done, or put off, without asking."""
    rules = (await shop_rules(tx, errand.scope.storefront_id)).policy.verification
    if rules.stock == "provider":
        order = await order_to_check(tx, errand, "stock")
        if order is not None:
            return question_about(order, "stock", errand)
    elif rules.stock == "ledger":
        order = await order_to_supply(tx, errand)
        if order is not None:
            await _reserve(tx, errand, order, rules, By(MACHINE, clock.now()))
            return None
    await finish_errand(tx, errand)
    return None


async def _reserve(tx: Tx, errand: ErrandInHand, order: HeldOrder, rules: Verification, by: By) -> None:
    """Reserve what the order needs; if that cannot be, say what lacks, unless people have decided otherwise."""
    if has_all_left(order):
        # A change has taken out what was still here, or the rest left before this errand's turn: nothing lacks.
        await release_unwanted(tx, order, by)
        await conclude(tx, order, "stock", Passed(), by)
        await finish_errand(tx, errand)
        return
    came_to = await reserve_goods(tx, order, by, knows_all=rules.accuracy == "ledger")
    if not await is_ours(tx, order, "stock"):
        await finish_errand(tx, errand)
    elif isinstance(came_to, Reserved):
        await conclude(tx, order, "stock", Passed(came_to.said), by)
        await finish_errand(tx, errand)
    else:
        await conclude(tx, order, "stock", Failed(said_of(came_to)), by)
        lacks = {"lacks": [lack.sku for lack in came_to]}
        await put_off_errand(tx, errand, by.at + _LOOK_AGAIN, lacks, afresh=True)
