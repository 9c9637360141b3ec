"""PostgreSQL and Valkey for `tidings dev`: our own, unless addresses of others are given."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from tidings.cli.embedded.errors import CannotStart
from tidings.cli.embedded.postgres import Postgres
from tidings.cli.embedded.valkey import Valkey
from tidings.settings import Settings

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stores:
    """What was started, and how it is reached."""

    postgres: Postgres | None
    valkey: Valkey | None

    def environment(self) -> dict[str, str]:
        """The settings that name them."""
        named = {}
        if self.postgres:
            named["TIDINGS_DATABASE_URL"] = self.postgres.url("tidings_app")
            named["TIDINGS_DATABASE_WORKER_URL"] = self.postgres.url("tidings_worker")
            named["TIDINGS_DATABASE_RETENTION_URL"] = self.postgres.url("tidings_retention")
            named["TIDINGS_DATABASE_MIGRATION_URL"] = self.postgres.url("tidings_owner")
        if self.valkey:
            named["TIDINGS_REDIS_URL"] = self.valkey.url
        return named

    async def keep(self) -> None:
        """Start again what has died, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for name, store in (("PostgreSQL", self.postgres), ("Valkey", self.valkey)):
                if store is not None and store.pid is None:
                    await _start_again(name, store)


@contextmanager
def opened_stores(data: Path, given: Settings) -> Iterator[Stores]:
    """Start what is not given, and stop it at the end: Valkey first, the database last."""
    with ExitStack() as stack:
        postgres = None if given.database.url else stack.enter_context(Postgres(data))
        valkey = None if given.redis.url else stack.enter_context(Valkey(data))
        yield Stores(postgres, valkey)


async def _start_again(name: str, store: Postgres | Valkey) -> None:
    typer.echo(f"{name} has ended and is started again.", err=True)
    try:
        await asyncio.to_thread(store.start)
    except CannotStart as trouble:
        typer.echo(f"tidings: {trouble}", err=True)
