"""Who carries out which errand."""

from collections.abc import Mapping
from functools import partial

from tidings.bootstrap import Runtime
from tidings.changes.carry_refund import carry_refund
from tidings.changes.credit_cancelled import credit_cancelled
from tidings.changes.refund_cancelled import refund_cancelled
from tidings.changes.refunders import Refunders
from tidings.changes.review import review_changes
from tidings.delivery.connections import ConnectionReader
from tidings.documents.close_delivered import close_delivered
from tidings.documents.make import Workshop, make_document
from tidings.feedback.ask import ask_feedback
from tidings.outbox.fetch import ErrandInHand
from tidings.outbox.kinds import ErrandKind
from tidings.retention.erase import erase_person
from tidings.retention.export import Sources, make_export
from tidings.verification.ask import Asking
from tidings.verification.check_payment import check_payment
from tidings.verification.check_stock import check_stock
from tidings.verification.expire import expire_unpaid
from tidings.verification.follow_order import commit_stock, release_stock
from tidings.worker.errands import Errands, Handler


def make_errands(runtime: Runtime) -> Errands:
    """The errands of one worker process, over the runtime's parts."""
    return Errands(runtime.begin, runtime.clock, handlers_of(runtime))


def handlers_of(runtime: Runtime) -> Mapping[ErrandKind, Handler]:
    """One verb for each kind."""
    begin, clock = runtime.begin, runtime.clock
    read = ConnectionReader(begin, runtime.vault, clock)
    asking = Asking(read, runtime.registry.open_verifier)
    workshop = Workshop(runtime.press, runtime.document_store)
    refunders = Refunders(read, runtime.registry.open_refunder)
    return {
        "check_payment": partial(check_payment, begin=begin, clock=clock, asking=asking),
        "check_stock": partial(check_stock, begin=begin, clock=clock, asking=asking),
        "commit_stock": partial(commit_stock, begin=begin, clock=clock),
        "release_stock": partial(release_stock, begin=begin, clock=clock),
        "expire_unpaid": partial(expire_unpaid, begin=begin, clock=clock),
        "close_order": partial(close_delivered, begin=begin, clock=clock),
        "review_changes": partial(review_changes, begin=begin, clock=clock),
        "refund_cancelled": partial(refund_cancelled, begin=begin, clock=clock),
        "carry_refund": partial(carry_refund, begin=begin, clock=clock, refunders=refunders),
        "make_document": partial(make_document, begin=begin, clock=clock, workshop=workshop),
        "credit_cancelled": partial(credit_cancelled, begin=begin, clock=clock),
        "make_export": partial(make_export, sources=Sources(begin, runtime.map, runtime.papers), clock=clock),
        "erase_person": partial(_erase, runtime),
        "ask_feedback": partial(ask_feedback, begin=begin, clock=clock),
    }


async def _erase(runtime: Runtime, errand: ErrandInHand) -> None:
    """By the one role that may; without it the errand waits, and is parked for somebody to see."""
    await erase_person(errand, begin=runtime.retention, clock=runtime.clock, known=runtime.map)
