"""One run of the benchmarks: what all measurements share."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from benchmarks.stand.processes import Process, cpu_seconds, outer_environment
from benchmarks.stand.product import ACCOUNT, AUTH_TOKEN, Product
from benchmarks.stand.provider_desk import ProviderDesk
from benchmarks.stand.seed import Seed, Shop, make_seeded
from benchmarks.stand.stores import Stores

_NOTICED_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how often."""

    seconds: float = 1.5
    repetitions: int = 3
    # Of `make bench-long`.
    is_long: bool = False

    @property
    def warm_up(self) -> float:
        """Before each stretch that counts."""
        return min(0.5, self.seconds / 4)


@dataclass(slots=True)
class Bench:
    """Stores, seed and provider, and how to go about it."""

    product: Product
    seed: Seed
    provider: ProviderDesk
    options: Options
    say: Callable[[str], None]
    _databases: dict[str, str] = field(default_factory=dict)

    @property
    def stores(self) -> Stores:
        """Postgres and Valkey."""
        return self.product.stores

    async def database(self, name: str, template: str = "seeded") -> str:
        """A database of this run, copied from the template the first time."""
        if template == "seeded" and "seeded" not in self._databases:
            self.say("seeding …")
            await make_seeded(self.product, self.seed)
            self._databases["seeded"] = "bench_seeded"
        if name not in self._databases:
            self._databases[name] = await self.stores.create(name, template)
        return self._databases[name]

    async def forget(self, *names: str) -> None:
        """These databases are not needed any more."""
        for name in names:
            if self._databases.pop(name, None):
                await self.stores.drop(name)

    def baseline_environment(self, database: str, *, port: int = 0, behaviour: str = "instant") -> dict[str, str]:
        """What a baseline is told; see benchmarks/baselines/surroundings.py."""
        shop: Shop = self.seed.shop
        return {
            "BENCH_DATABASE_URL": self.stores.url(database, "tidings_owner"),
            "BENCH_REDIS_SOCKET": str(self.stores.valkey.socket),
            "BENCH_STOREFRONT": str(shop.id),
            "BENCH_CONNECTION": str(shop.connection_id),
            "BENCH_PROVIDER_URL": f"{self.provider.url}/{behaviour}",
            "BENCH_ACCOUNT": ACCOUNT,
            "BENCH_AUTH_TOKEN": AUTH_TOKEN,
            "BENCH_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }

    def environment(self, told: Mapping[str, str]) -> dict[str, str]:
        """Our own environment with what a process is told."""
        return outer_environment() | dict(told)

    def postgres_cpu(self) -> float:
        """CPU time of the server and its connections so far."""
        pid = self.stores.postgres.pid
        return 0.0 if pid is None else cpu_seconds(pid)

    async def meter(self, process: Process) -> "Meter":
        """Starts to measure the CPU time that a process and Postgres take."""
        # Connections that were closed just now are counted once Postgres has noticed: before it begins.
        await asyncio.sleep(_NOTICED_SECONDS)
        return Meter(self, process, process.cpu_seconds(), self.postgres_cpu())


@dataclass(frozen=True, slots=True)
class Meter:
    """CPU time from some moment on."""

    bench: Bench
    process: Process
    process_before: float
    postgres_before: float

    def per(self, pieces: float) -> tuple[float, float]:
        """Microseconds of the process and of Postgres for each piece of work."""
        own, postgres = self.process.cpu_seconds(), self.bench.postgres_cpu()
        share = 1e6 / max(pieces, 1)
        return (own - self.process_before) * share, (postgres - self.postgres_before) * share
