"""The words of this slice."""

from typing import Literal, get_args

CauseKind = Literal[
    "yearly",  # a year has passed since the last review was opened, or since the shop was
    "policy",  # the shop's policy was changed
    "calendar",  # its opening hours, or its zone
    "milestones",  # the table of who is told what has changed with the code
    "template",  # a version of a template was published, or taken back
    "by_hand",  # somebody asked for it
]

# What staff is told of a review that has no outcome yet, each once: before it is due, when it is late, and when it has
# gone on to somebody else.
Stage = Literal["warned", "missed", "escalated"]

CAUSE_KINDS: tuple[CauseKind, ...] = get_args(CauseKind)
# In the order in which they are looked for: what is late is not reminded of any more.
STAGES: tuple[Stage, ...] = ("missed", "escalated", "warned")
