"""What a million orders a day need, and ten: arithmetic on what `make bench-scale` has measured."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.table import wrapped

# Placed, dispatched, delivered: three facts, each told by the shop in one request, each with one message that is
# confirmed by one callback.
FACTS: Final = 3
PEAK: Final = 5
# Thirteen months.
RETENTION_DAYS: Final = 396
# No core is planned to be fuller than this at the peak.
FULL: Final = 0.7
# Connections that a process keeps open, if nobody says otherwise (settings.DatabaseSettings.pool_size).
POOL: Final = 10
_DAY_SECONDS: Final = 86_400
_MICRO: Final = 1e-6
_GB: Final = 1e9
# Written once for an order, whatever follows.
_ONCE: Final = frozenset({"orders", "order_lines"})


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one piece of work each: microseconds of CPU, bytes of log, bytes kept."""

    request_us: float
    request_postgres_us: float
    request_log: float
    message_us: float
    message_postgres_us: float
    message_log: float
    callback_us: float
    callback_postgres_us: float
    callback_log: float
    order_bytes: float
    fact_bytes: float

    @classmethod
    def of(cls, run: Mapping[str, Any]) -> "Costs":
        """From build/bench-scale.json: one process, straight to Postgres."""
        alone = {each["kind"]: each for each in run["scaled"] if each["processes"] == 1 and not each["is_pooled"]}
        order, message, callback = alone["orders"], alone["messages"], alone["callbacks"]
        once = sum(size for table, size in run["bytes"].items() if table in _ONCE)
        return cls(
            order["own_us"], order["postgres_us"], order["log_bytes"],
            message["own_us"], message["postgres_us"], message["log_bytes"],
            callback["own_us"], callback["postgres_us"], callback["log_bytes"],
            once, sum(run["bytes"].values()) - once,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Need:
    """What so many orders a day take."""

    orders_a_day: int
    # Orders per second.
    average: float
    peak: float
    # Cores at the average rate; the peak's are PEAK times as many.
    api_cores: float
    worker_cores: float
    postgres_cores: float
    # Bytes.
    log_a_day: float
    kept_a_day: float
    kept: float

    @property
    def api_processes(self) -> int:
        """One event loop is at most FULL at the peak."""
        return max(1, math.ceil(self.api_cores * PEAK / FULL))

    @property
    def worker_processes(self) -> int:
        """The same."""
        return max(1, math.ceil(self.worker_cores * PEAK / FULL))

    @property
    def connections(self) -> int:
        """To Postgres without a pooler."""
        return (self.api_processes + self.worker_processes) * POOL


def need(costs: Costs, orders_a_day: int) -> Need:
    """The arithmetic."""
    average = orders_a_day / _DAY_SECONDS
    facts = average * FACTS * _MICRO
    each_log = costs.request_log + costs.message_log + costs.callback_log
    kept = orders_a_day * (costs.order_bytes + FACTS * costs.fact_bytes)
    return Need(
        orders_a_day=orders_a_day,
        average=average,
        peak=average * PEAK,
        api_cores=facts * (costs.request_us + costs.callback_us),
        worker_cores=facts * costs.message_us,
        postgres_cores=facts * (costs.request_postgres_us + costs.message_postgres_us + costs.callback_postgres_us),
        log_a_day=orders_a_day * FACTS * each_log,
        kept_a_day=kept,
        kept=kept * RETENTION_DAYS,
    )


def lines(costs: Costs, needs: Sequence[Need]) -> list[str]:
    """The model in words and as a table, in Markdown."""
    postgres = (costs.request_postgres_us, costs.message_postgres_us, costs.callback_postgres_us)
    log = (costs.request_log, costs.message_log, costs.callback_log)
    kept = costs.order_bytes + FACTS * costs.fact_bytes
    return [
        *wrapped(
            f"An order is taken to be {FACTS} facts (placed, dispatched, delivered): {FACTS} requests, {FACTS} "
            f"messages and {FACTS} callbacks, and each request to cost what placing an order costs. With the figures "
            "of one process, an order takes"
        ),
        "",
        f"- of the API {_sum((costs.request_us, costs.callback_us), 'µs', 'ms')} (requests, callbacks),",
        f"- of the worker {_sum((costs.message_us,), 'µs', 'ms')},",
        f"- of Postgres {_sum(postgres, 'µs', 'ms')} (requests, messages, callbacks),",
        f"- of write-ahead log {_sum(log, 'bytes', 'kB')} (the same),",
        f"- of disk {costs.order_bytes:,.0f} + {FACTS} x {costs.fact_bytes:,.0f} bytes = {kept / 1000:,.1f} kB.",
        "",
        *wrapped(
            f"The peak is {PEAK} times the average; processes are counted so that none is busier than {FULL:.0%} at "
            f"the peak; each keeps {POOL} connections open; everything is kept for {RETENTION_DAYS} days (13 months)."
        ),
        "",
        f"| | {' | '.join(f'{each.orders_a_day / 1e6:g} M orders a day' for each in needs)} |",
        f"| -- |{' --: |' * len(needs)}",
        *(f"| {name} | {' | '.join(map(say, needs))} |" for name, say in _ROWS),
        "",
    ]


def _sum(each: Sequence[float], unit: str, thousand: str) -> str:
    """`3 x (440 + 510) µs = 2.85 ms`."""
    terms = " + ".join(f"{part:,.0f}" for part in each)
    whole = terms if len(each) == 1 else f"({terms})"
    return f"{FACTS} x {whole} {unit} = {FACTS * sum(each) / 1000:,.2f} {thousand}"


def _cores(cores: float) -> str:
    return f"{cores:.2g} / {cores * PEAK:.2g}"


_ROWS: Final = (
    ("orders per second, average / peak", lambda n: f"{n.average:,.1f} / {n.peak:,.0f}"),
    ("messages per second, average / peak", lambda n: f"{n.average * FACTS:,.1f} / {n.peak * FACTS:,.0f}"),
    ("cores of API, average / peak", lambda n: _cores(n.api_cores)),
    ("cores of worker, average / peak", lambda n: _cores(n.worker_cores)),
    ("cores of Postgres, average / peak", lambda n: _cores(n.postgres_cores)),
    ("API processes", lambda n: str(n.api_processes)),
    ("worker processes", lambda n: str(n.worker_processes)),
    ("connections without a pooler", lambda n: str(n.connections)),
    ("write-ahead log a day", lambda n: f"{n.log_a_day / _GB:,.0f} GB"),
    ("write-ahead log at the peak", lambda n: f"{n.log_a_day / _DAY_SECONDS * PEAK / 1e6:,.1f} MB/s"),
    ("disk a day", lambda n: f"{n.kept_a_day / _GB:,.1f} GB"),
    ("disk for 13 months", lambda n: f"{n.kept / _GB / 1000:,.2f} TB"),
)
