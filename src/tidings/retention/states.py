"""Where an erasure and an export stand, and which way they may go."""

from typing import Literal, get_args

ErasureStatus = Literal[
    "requested",  # written down; the worker takes it in hand
    "running",  # some of the person's orders are done
    "done",  # nothing of the person is left
    "partly",  # something had to be kept: the answer says what, why and how long
    "refused",  # all of it is under a hold: nothing was erased
]

ExportStatus = Literal[
    "requested",  # written down; the worker makes it
    "ready",  # it can be fetched, for some days
    "expired",  # its time is over, or the person was erased: it is deleted
]

ERASURE_STATUSES: tuple[ErasureStatus, ...] = get_args(ErasureStatus)
EXPORT_STATUSES: tuple[ExportStatus, ...] = get_args(ExportStatus)

NEXT_OF_ERASURE: dict[ErasureStatus, dict[ErasureStatus, str]] = {
    "requested": {"running": "begin"},
    "running": {"done": "finish", "partly": "keep a part", "refused": "keep all"},
    "done": {},
    # A hold was released; or what the law had kept has had its time.
    "partly": {"running": "go on", "done": "finish"},
    "refused": {"running": "go on"},
}

NEXT_OF_EXPORT: dict[ExportStatus, dict[ExportStatus, str]] = {
    "requested": {"ready": "make", "expired": "erase"},
    "ready": {"expired": "delete"},
    "expired": {},
}
