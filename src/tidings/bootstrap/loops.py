"""What the worker does all the time, beside the drain and its errands."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from tidings.adapters.sandbox.callbacks import run_callbacks
from tidings.bootstrap.settled import heads_to, signer_of
from tidings.documents.delete_blobs import run_deletions
from tidings.issues.escalate import watch_issues
from tidings.orders.watch_promises import run_watch
from tidings.records.sealer import run_sealer
from tidings.reviews.watch import watch_reviews

if TYPE_CHECKING:
    from tidings.bootstrap import Runtime

Loop = Callable[[], Awaitable[None]]


def loops_of(made: "Runtime") -> Sequence[Loop]:
    """What the worker does all the time."""
    settings, begin, clock = made.settings, made.begin, made.clock
    sweep, bucket = timedelta(seconds=settings.worker.sweep_seconds), made.document_store
    return [
        *([] if bucket is None else [partial(run_deletions, begin, bucket, every=sweep)]),
        partial(run_callbacks, begin, made.http, made.connection, clock),
        partial(watch_issues, begin, clock),
        partial(watch_reviews, begin, clock),
        partial(run_watch, begin, clock, every=sweep),
        partial(run_sealer, begin, clock, signer_of(settings), every=sweep, publish=heads_to(settings)),
    ]
