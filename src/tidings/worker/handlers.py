"""Who carries out which errand."""

from collections.abc import Mapping
from functools import partial

from tidings.bootstrap import Runtime
from tidings.orders.close_delivered import close_delivered
from tidings.outbox.kinds import ErrandKind
from tidings.worker.errands import Errands, Handler


def make_errands(runtime: Runtime) -> Errands:
    """The errands of one worker process, over the runtime's parts."""
    return Errands(runtime.begin, runtime.clock, handlers_of(runtime))


def handlers_of(runtime: Runtime) -> Mapping[ErrandKind, Handler]:
    """One verb for each kind."""
    return {
        "close_order": partial(close_delivered, begin=runtime.begin, clock=runtime.clock),
    }
