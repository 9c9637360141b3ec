"""records.*: what sealing costs beside much and little that is sealed, and what it takes to verify a million."""

import time
from collections.abc import Sequence
from typing import Final

from benchmarks.bench import Bench
from benchmarks.results import Mismatch, Result
from tidings.kit.clock import SystemClock
from tidings.kit.db import Begin, Scope
from tidings.kit.engine import create_engine
from tidings.records.sealer import seal_all
from tidings.records.signing import Signer, new_signing_key
from tidings.records.verify import verify_records

_LITTLE: Final = 10_000
_MUCH: Final = 200_000
_FRESH: Final = 5_000
_ALL: Final = 1_000_000
_AT_ONCE: Final = 100_000

# As the settling of an SMS writes them, ten for each order.
_WRITE: Final = """
INSERT INTO records (storefront_id, order_id, id, mode, kind, subject, actor, at, data)
SELECT $1, md5($3 || (n / 10)::text)::uuid, uuidv7(), 'live', 'attempt.settled', 'att_' || md5(n::text), 'system',
       now(), jsonb_build_object('milestone', 'order_confirmation', 'channel', 'sms', 'outcome', 'accepted',
                                 'next', 'Done', 'message', 'msg_' || md5(n::text), 'connection', 'sms', 'code', NULL,
                                 'content_digest', md5(n::text) || md5(n::text))
FROM generate_series(1, $2) AS n
"""


class Trail:
    """The records of one shop in a database of their own."""

    def __init__(self, bench: Bench, name: str, database: str) -> None:
        self._bench = bench
        self._database = database
        # One whose own records are all there still: those of the models lie elsewhere (benchmarks/stand/clone.py).
        self._shop = bench.seed.shops["fourth"].id
        self._clock, self._signer = SystemClock(), Signer([new_signing_key()])
        self._begin = Begin(create_engine(bench.stores.url(database, "tidings_worker"), pool_size=2, by_index=True))
        self.name = name
        self.rates: list[float] = []

    async def write(self, count: int) -> None:
        """So many more."""
        async with self._bench.stores.admin(self._database) as connection:
            for first in range(0, count, _AT_ONCE):
                many = min(_AT_ONCE, count - first)
                await connection.execute(_WRITE, self._shop, many, f"{self.name}{time.monotonic_ns()}")

    async def seal(self) -> tuple[int, float]:
        """Seal them; says how many, and how long it took."""
        began = time.perf_counter()
        count = await seal_all(self._begin, self._clock, self._signer)
        return count, time.perf_counter() - began

    async def sealed(self, count: int) -> None:
        """Write and seal, and let Postgres know its tables."""
        await self.write(count)
        await self.seal()
        async with self._bench.stores.admin(self._database) as connection:
            await connection.execute("VACUUM ANALYZE")

    async def verified(self) -> float:
        """How long a verification takes.

        Raises:
            Mismatch: the trail is not whole.
        """
        began = time.perf_counter()
        found = await verify_records(self._begin, Scope(self._shop, "live"), now=self._clock.now())
        took = time.perf_counter() - began
        if not found.is_whole or found.unsealed:
            message = f"records.verify: {dict(found.counts)}, {found.unsealed} unsealed"
            raise Mismatch(message)
        return took

    async def close(self) -> None:
        """Let go of the connections."""
        await self._begin.close()


async def measure_seal(bench: Bench, names: Sequence[str]) -> list[Result]:
    """The same number of new records, by turns."""
    sides = []
    for name, count in (("little", _LITTLE), ("much", _MUCH)):
        side = Trail(bench, name, await bench.database(f"trail_{name}", "bare"))
        bench.say(f"  sealing {count:,} records …")
        await side.sealed(count)
        sides.append(side)
    for n in range(bench.options.repetitions + 1):
        for side in sides:
            await side.write(_FRESH)
            count, took = await side.seal()
            if count < _FRESH:
                message = f"records.seal: {count} of {_FRESH} were sealed"
                raise Mismatch(message)
            if n:
                side.rates.append(count / took)
        if n:
            bench.say(f"  {n}. records/s: {', '.join(f'{side.name} {side.rates[-1]:.0f}' for side in sides)}")
    little, much = sides
    await bench.stores.checkpoint()
    for side in sides:
        await side.close()
    await bench.forget("trail_little", "trail_much")
    return [Result(names[0], much.rates, little.rates, detail={"sealed": _MUCH, "fresh": _FRESH})]


async def measure_verify(bench: Bench, names: Sequence[str]) -> list[Result]:
    """Once: it takes minutes."""
    trail = Trail(bench, "all", await bench.database("trail_all", "bare"))
    await trail.write(_ALL)
    count, took = await trail.seal()
    bench.say(f"  {count:,} records were sealed in {took:.0f} s ({count / took:,.0f}/s)")
    seconds = [await trail.verified()]
    bench.say(f"  and verified in {seconds[0]:.0f} s")
    await trail.close()
    await bench.forget("trail_all")
    return [Result(names[0], seconds, detail={"records": count, "sealed_per_second": round(count / took)})]
