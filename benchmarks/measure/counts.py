"""The database must hold what was answered: counted before and after each run."""

from collections.abc import Mapping
from typing import Final

from benchmarks.bench import Bench
from benchmarks.results import Mismatch

# The sealer introduces its key to each shop, whenever it comes to it.
RECORDS: Final = "records WHERE kind <> 'records.key_changed'"

# What follows from one placed order.
OF_AN_ORDER: Final = {
    "orders": 1, "order_lines": 2, RECORDS: 1, "events": 1, "messages": 1, "outbox": 1, "deadlines": 1,
    "idempotency_keys": 1,
}  # fmt: skip
# What follows from one message's being sent.
OF_A_SEND: Final = {"attempts": 1, "contents": 1, "records WHERE kind = 'attempt.settled'": 1}
OF_A_CALLBACK: Final = {"inbox": 1, "receipts": 1, RECORDS: 1}

Counts = Mapping[str, int]


async def counted(bench: Bench, database: str, tables: Mapping[str, int]) -> dict[str, int]:
    """How many rows each of these tables has."""
    async with bench.stores.admin(database) as connection:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608


def compare(what: str, before: Counts, after: Counts, each: Mapping[str, int], pieces: int) -> None:
    """So many pieces of work must have left so many rows.

    Raises:
        Mismatch: they have not.
    """
    wrong = {
        table: f"{after[table] - before[table]} rows for {pieces}"
        for table, rows in each.items()
        if after[table] - before[table] != rows * pieces
    }
    if wrong:
        message = f"{what}: {wrong}"
        raise Mismatch(message)


def all_answered(what: str, statuses: Mapping[str, int], status: int) -> int:
    """How many were answered so; there must be no other answers.

    Raises:
        Mismatch: there are.
    """
    if set(statuses) != {str(status)}:
        message = f"{what}: answers {dict(statuses)} instead of {status} only"
        raise Mismatch(message)
    return statuses[str(status)]
