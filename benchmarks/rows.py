"""Every row of the table: what is set against what, and what it is to reach."""

from dataclasses import dataclass
from typing import Final, Literal

# `ratio`: at least this much better than the baseline; `ratio_most`: at most this much more; `value`: the figure
# itself, at most this.
Aim = Literal["ratio", "ratio_most", "value"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    name: str
    # What the figure is, and against what.
    says: str
    unit: str
    goal: float
    aim: Aim = "ratio"
    # Takes longer than `make bench` may.
    is_long: bool = False

    def is_met(self, value: float, ratio: float | None) -> bool:
        """Whether the goal is reached."""
        if self.aim == "value":
            return value <= self.goal
        if ratio is None:
            return False
        return ratio >= self.goal if self.aim == "ratio" else ratio <= self.goal

    @property
    def aims_at(self) -> str:
        """The goal as one reads it."""
        return f"{'≥' if self.aim == 'ratio' else '≤'} {self.goal:g}"


ROWS: Final = (
    Row("orders.vs_orm", "orders/s at c=32; FastAPI with a SQLAlchemy ORM unit of work", "1/s", 12),
    Row("orders.vs_empty_endpoint", "orders/s at c=32; FastAPI's own endpoint without a database", "1/s", 1.0),
    Row("orders.vs_one_statement", "orders/s at c=32; FastAPI with one asyncpg statement each", "1/s", 2.0),
    Row("orders.p99_vs_orm", "p99 at c=32; the ORM unit of work", "ms", 15),
    Row("orders.single", "p50 at c=1; one asyncpg statement each", "ms", 0.9),
    Row("orders.batch", "orders/s in batches of 100; one by one at c=32", "1/s", 1.5),
    Row("drain.vs_arq", "messages/s, instant provider; an arq job each, httpx, ORM", "1/s", 20),
    Row("drain.vs_pgqueuer", "messages/s, instant provider; a pgqueuer job each, pyreqwest", "1/s", 2.5),
    Row("drain.queue_only", "claimed and settled/s; pgqueuer's no-op jobs", "1/s", 3),
    Row("drain.slow_provider", "messages/s at 20 ms + exp(20 ms), c=200; 200 / mean latency", "1/s", 0.7),
    Row("drain.scaling", "messages/s of two workers, provider at 40 ms; one worker", "1/s", 1.8),
    Row("wake.p99_ms", "p99 from an order's 201 to its send, 200 orders/s", "ms", 20, "value"),
    Row("wake.idle_cpu", "share of one core that an idle worker takes", "share", 0.01, "value"),
    Row("drain.isolation", "messages/s of three providers beside one that hangs; without it", "1/s", 0.9),
    Row("history.flat", "intake and drain (the worse) after much history; after 10 k messages", "1/s", 0.9),
    Row("fair.confirmation_p99", "p99 of confirmations beside an import of 100,000; alone", "ms", 3, "ratio_most"),
    Row("callbacks.vs_orm", "signed callbacks applied/s at c=32; FastAPI with the ORM", "1/s", 8),
    Row("records.seal", "records sealed/s beside 200,000 sealed ones; beside 10,000", "1/s", 0.9, is_long=True),
    Row("documents.vs_typst", "invoices made/s by one process; bare typst.compile of the same input", "1/s", 0.6),
    Row("memory.api", "resident MiB of the API after 360,000 orders / 10,000", "growth", 1.1, "value", is_long=True),
    Row("memory.worker", "the same of the worker", "growth", 1.1, "value", is_long=True),
    Row("records.verify", "seconds that the verification of 1,000,000 records takes", "s", 120, "value", is_long=True),
)  # fmt: skip

BY_NAME: Final = {row.name: row for row in ROWS}
# Measured by `make bench-long` on more data, beside the rows that are long in themselves.
LONGER: Final = ("history.flat",)


def wanted(only: str | None, *, is_long: bool) -> list[str]:
    """The names of the rows that are asked for.

    Args:
        only: names with commas between them; a name's first part stands for all that begin with it.
        is_long: `make bench-long`.

    Raises:
        LookupError: there is no such row.
    """
    if only is None:
        return [row.name for row in ROWS if (row.is_long or row.name in LONGER if is_long else not row.is_long)]
    names: list[str] = []
    for asked in only.split(","):
        found = [row.name for row in ROWS if row.name == asked or row.name.startswith(f"{asked}.")]
        if not found:
            message = f"there is no row {asked}; there are {', '.join(BY_NAME)}"
            raise LookupError(message)
        names += found
    return names
