"""The words of a shop's own wording."""

from typing import Final, Literal, get_args

Origin = Literal[
    "built-in",  # comes with tidings
    "shop",  # written by the shop
]
ReviewOutcome = Literal["approved", "rejected"]

ORIGINS: tuple[Origin, ...] = get_args(Origin)

# A message keeps the number of the version that worded it, so no number may mean two things: tidings counts its own
# from 1, a shop's are counted from here.
FIRST_OWN: Final = 101


def origin_of(version: int) -> Origin:
    """Whose wording a version's number tells of."""
    return "shop" if version >= FIRST_OWN else "built-in"
