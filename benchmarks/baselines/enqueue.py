"""Gives the baselines' workers their jobs: `python -m benchmarks.baselines.enqueue arq|pgqueuer|nothing`.

Reads [[order, message], …] as JSON from standard input.
"""

import asyncio
import json
import sys
import time

import asyncpg
from arq import create_pool
from arq.connections import RedisSettings
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from benchmarks.baselines.surroundings import REDIS_SOCKET, URL

_AT_ONCE = 50
_ROWS_AT_ONCE = 5000


async def with_arq(jobs: list[list[str]]) -> None:
    """A call of enqueue_job for each."""
    redis = await create_pool(RedisSettings(unix_socket_path=REDIS_SOCKET))
    print(time.monotonic(), flush=True)
    for first in range(0, len(jobs), _AT_ONCE):
        await asyncio.gather(*(redis.enqueue_job("deliver", *job) for job in jobs[first : first + _AT_ONCE]))
    await redis.aclose()


async def with_pgqueuer(jobs: list[list[str]], entrypoint: str) -> None:
    """All in one transaction."""
    connection = await asyncpg.connect(URL)
    queries = Queries(AsyncpgDriver(connection))
    async with connection.transaction():
        for first in range(0, len(jobs), _ROWS_AT_ONCE):
            payloads: list[bytes | None] = [json.dumps(job).encode() for job in jobs[first : first + _ROWS_AT_ONCE]]
            await queries.enqueue([entrypoint] * len(payloads), payloads, [0] * len(payloads))
    print(time.monotonic(), flush=True)
    await connection.close()


def main() -> None:
    """Enqueue, and print the moment at which it was done (pgqueuer) or begun (arq)."""
    kind, jobs = sys.argv[1], json.load(sys.stdin)
    match kind:
        case "arq":
            asyncio.run(with_arq(jobs))
        case "pgqueuer":
            asyncio.run(with_pgqueuer(jobs, "deliver"))
        case "nothing":
            asyncio.run(with_pgqueuer(jobs, "nothing"))


if __name__ == "__main__":
    main()
