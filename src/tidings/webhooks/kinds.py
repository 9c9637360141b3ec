"""The words of this slice."""

from typing import Final, Literal, get_args

DisabledReason = Literal[
    "gone",  # it answered 410: nobody is there any more
    "failing",  # it has not taken the same event for three days
]

DISABLED_REASONS: Final[tuple[DisabledReason, ...]] = get_args(DisabledReason)

# Sent when somebody asks for it; it stands in no log.
TEST: Final = "webhook.test"
