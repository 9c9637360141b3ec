"""The words of this slice."""

from typing import Final

WORST: Final = 1
BEST: Final = 5
RATINGS: Final = tuple(range(WORST, BEST + 1))

# As much as one says about an order; longer texts are refused with their length, and never cut.
MOST_LETTERS: Final = 2000
