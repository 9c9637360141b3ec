"""Has a payment provider pay back: an errand, carried out after the commit that asked for it.

However often it is begun, the money goes once: the provider is asked under the refund's own id, which it takes for the
same wish again; and whoever comes after one that died asks first what became of it.
"""

from datetime import timedelta
from typing import Final, assert_never

from tidings.changes.ports import RefundAsked, RefundOutcome, RefundRefused, RefundSilent, RefundSucceeded, RefundTaken
from tidings.changes.refund import by_hand, payer_of
from tidings.changes.refunders import Refunders
from tidings.changes.settle_refund import PROVIDER, HeldRefund, Settlement, refund_for_update, settle
from tidings.kit.clock import Clock
from tidings.kit.db import Begin, Tx
from tidings.kit.ids import parse, wire
from tidings.orders.load import By
from tidings.outbox.fetch import MOST_TRIES, ErrandInHand, finish_errand, note_errand, park_errand, put_off_errand
from tidings.tasks.open import Opening, open_tasks

# Whoever is silent is asked again, after twice as long each time.
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_MOST_DOUBLINGS: Final = 9
_OPEN: Final = frozenset({"requested", "pending"})
# What the next try must know: the provider may have it already.
_ASKED: Final = {"asked": True}


async def carry_refund(errand: ErrandInHand, *, begin: Begin, clock: Clock, refunders: Refunders) -> None:
    """Ask the provider once, outside any transaction, and write down what it says."""
    async with begin(errand.scope) as tx:
        held = await refund_for_update(tx, parse("rfd", errand.subject))
        is_open = held.row.status in _OPEN and held.row.method == "provider"
        if is_open:
            # Before it is asked: whoever is stopped meanwhile gives the errand back as if its turn had not been.
            await note_errand(tx, errand, _ASKED)
        else:
            await finish_errand(tx, errand)
    if is_open:
        outcome = await _outcome(held, errand, refunders)
        async with begin(errand.scope) as tx:
            await _write_down(tx, errand, outcome, By(PROVIDER, clock.now()))


async def _outcome(held: HeldRefund, errand: ErrandInHand, refunders: Refunders) -> RefundOutcome | None:
    """What the provider says; None when there is nobody to ask."""
    async with refunders.of(errand.scope, lambda name: payer_of(held.order, [name]) is not None) as refunder:
        return None if refunder is None else await refunder.refund(_asked(held, errand))


async def _write_down(tx: Tx, errand: ErrandInHand, outcome: RefundOutcome | None, by: By) -> None:
    held = await refund_for_update(tx, parse("rfd", errand.subject))
    match outcome:
        case None:
            await _nobody_pays(tx, errand, held, by)
        case RefundSucceeded():
            await settle(tx, held, Settlement("succeeded", outcome.provider_refund_id), by)
            await finish_errand(tx, errand)
        case RefundTaken():
            held.row.status, held.row.provider_refund_id = "pending", outcome.provider_refund_id
            await put_off_errand(tx, errand, by.at + outcome.ask_after, _ASKED, afresh=True)
        case RefundRefused():
            await settle(tx, held, Settlement("failed", failure=outcome.reason), by)
            await finish_errand(tx, errand)
        case RefundSilent():
            await _again(tx, errand, by, outcome.retry_after)
        case _:
            assert_never(outcome)


def _asked(held: HeldRefund, errand: ErrandInHand) -> RefundAsked:
    row, payment = held.row, held.order.row.details.get("payment") or {}
    return RefundAsked(
        refund_id=wire("rfd", row.id),
        order_number=held.order.row.number,
        payment_reference=str(payment.get("reference")),
        amount=row.amount,
        currency=row.currency,
        provider_refund_id=row.provider_refund_id,
        is_repeat=_may_be_known(errand),
    )


def _may_be_known(errand: ErrandInHand) -> bool:
    """Whether the provider may have been asked before, if only by one that died before it could say so."""
    return errand.tries > 1 or bool(errand.data.get("asked"))


async def _nobody_pays(tx: Tx, errand: ErrandInHand, held: HeldRefund, by: By) -> None:
    """The connection is gone: a person pays, unless the provider may have been asked while it was there."""
    if _may_be_known(errand):
        await _again(tx, errand, by, None)
        return
    held.row.method = "manual"
    await open_tasks(tx, by_hand(tx, held.row, by))
    await finish_errand(tx, errand)


async def _again(tx: Tx, errand: ErrandInHand, by: By, wait: timedelta | None) -> None:
    """Ask again later; after many times a person looks at it, because paying by hand might pay twice."""
    if errand.tries < MOST_TRIES:
        pause = timedelta(seconds=1 << min(errand.tries, _MOST_DOUBLINGS))
        await put_off_errand(tx, errand, by.at + min(_LONGEST_PAUSE, max(pause, wait or pause)), _ASKED)
        return
    await park_errand(tx, errand, by.at)
    await open_tasks(tx, _parked(errand, by))


def _parked(errand: ErrandInHand, by: By) -> Opening:
    return Opening(
        storefront_id=errand.scope.storefront_id,
        mode=errand.scope.mode,
        order_id=errand.order_id,
        kind="errand_parked",
        cause=f"{errand.kind}:{errand.subject}",
        opened_at=by.at,
        data={"errand": errand.kind, "about": errand.subject, "order": wire("ord", errand.order_id)},
    )
