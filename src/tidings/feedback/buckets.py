"""How often one link may be followed: a bucket for each message, in each process; whoever has no link has none."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

# More than anybody needs who reads, mistypes and tries again; far less than it takes to be a burden.
MOST: Final = 30
WITHIN_SECONDS: Final = 600
_BUCKETS: Final = 10_000


@dataclass(slots=True)
class Buckets:
    """Buckets, each `most` deep and filled again within `seconds`; the ones that were not asked for longest go."""

    most: int = MOST
    seconds: float = WITHIN_SECONDS
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[Hashable, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: Hashable) -> float | None:
        """Take one; the seconds until there is one again if there is none left now."""
        now, rate = self.clock(), self.most / self.seconds
        level, at = self._buckets.pop(key, (float(self.most), now))
        level = min(self.most, level + (now - at) * rate)
        self._buckets[key] = (level - 1 if level >= 1 else level, now)
        if len(self._buckets) > _BUCKETS:
            self._buckets.popitem(last=False)
        return None if level >= 1 else (1 - level) / rate
