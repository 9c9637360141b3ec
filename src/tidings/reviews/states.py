"""Where a review stands, and which way it may go."""

from typing import Literal, get_args

ReviewStatus = Literal[
    "open",  # somebody is to look at the figures and to decide; further causes join it
    "concluded",  # its outcome is recorded; the next cause opens another one
]

REVIEW_STATUSES: tuple[ReviewStatus, ...] = get_args(ReviewStatus)

NEXT: dict[ReviewStatus, dict[ReviewStatus, str]] = {
    "open": {"concluded": "conclude"},
    "concluded": {},
}


def may_become(status: ReviewStatus, wanted: ReviewStatus) -> bool:
    """Whether a review of this status may be that next."""
    return wanted in NEXT[status]
