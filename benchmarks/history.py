"""Makes history: `python -m benchmarks.history --messages 2000000`.

Leaves `bench_history` on the benchmarks' own server (build/bench/data) and says how large it is; the next run of the
benchmarks clears it away. Every row is a copy of one that the product wrote; see benchmarks/stand/clone.py.
"""

import argparse
import asyncio
import time
from typing import Final

import httpx
import uvloop

from benchmarks.stand.opened import DATA, opened
from benchmarks.stand.seed import add_history
from benchmarks.stand.stores import Stores, running_stores

_SIZES: Final = """
SELECT relname, n_live_tup, pg_total_relation_size(relid) / 1048576 AS mib FROM pg_stat_user_tables
WHERE schemaname = 'public' AND n_live_tup > 0 ORDER BY relname
"""


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--messages", type=int, default=200_000, help="each of an order of its own")
    given = parser.parse_args()
    with running_stores(DATA) as stores, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_made(stores, given.messages))


async def _made(stores: Stores, messages: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client, opened(stores, client) as stand:
        database = await stores.create("history", "bare")
        began = time.monotonic()
        await add_history(stand.product, database, stand.seed, messages)
        print(f"{messages:,} messages in {time.monotonic() - began:.0f} s, in the database {database}:")
        async with stores.admin(database) as connection:
            for row in await connection.fetch(_SIZES):
                print(f"  {row['relname']:20} {row['n_live_tup']:12,} rows {row['mib']:8,} MiB")


if __name__ == "__main__":
    main()
