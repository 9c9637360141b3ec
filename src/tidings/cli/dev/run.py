"""One run of `tidings dev`: puts the parts together, and takes them apart again in the right order."""

import asyncio
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from tidings.api.app import create_app
from tidings.bootstrap import Runtime, runtime
from tidings.cli.dev.called_off import CALLED_OFF
from tidings.cli.dev.demo import open_demo
from tidings.cli.dev.eventful import EVENTFUL
from tidings.cli.dev.keepsakes import demo_key, signing_key, vault_key
from tidings.cli.dev.proof import trails_hold
from tidings.cli.dev.shop import Shop
from tidings.cli.dev.stores import Stores, opened_stores
from tidings.cli.dev.story import Story, tell_all
from tidings.cli.dev.straight import straight
from tidings.cli.dev.workers import keep_worker
from tidings.cli.embedded.folder import DataFolder
from tidings.cli.listening import address_of, listen, serve_until
from tidings.cli.migrate import migration_url
from tidings.cli.running import load_settings
from tidings.kit.log import configure_logging
from tidings.kit.migrations import migrate
from tidings.settings import Settings
from tidings.storefronts.demo import DEMO_LIFE, SLUG
from tidings.storefronts.issue_key import mode_of_key

LOG_KEPT_BYTES = 10_000_000
SAMPLES = ("email",)
# Once, each channel is tried, and then all that can happen to an order.
SAMPLES_ONCE = ("email", "sms", "push")
EVENTS_ONCE = (EVENTFUL, CALLED_OFF)
# Beyond the worker's own grace, before it is killed.
MORE_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DevRun:
    """One run, as asked for."""

    data_dir: Path
    port: int | None
    api_keys: Sequence[str]
    once: bool

    async def main(self, stop: asyncio.Event) -> int:
        """Run until told to stop, or, once, until the sample orders have arrived; says the exit code.

        Raises:
            CannotStart: the data folder, PostgreSQL or Valkey cannot be used.
            CannotListen: somebody else listens on the port, or it is not for us.
            InvalidInput: one of the API keys is none.
        """
        for key in self.api_keys:
            mode_of_key(key)
        given = load_settings()
        with ExitStack() as stack:
            folder = stack.enter_context(DataFolder(self.data_dir))
            listener = stack.enter_context(listen(given.api.host, given.api.port if self.port is None else self.port))
            address = address_of(listener)
            folder.describe(f"the tidings with process id {os.getpid()} on {address}")
            typer.echo(f"Starting in {folder.path} …")
            stores = stack.enter_context(opened_stores(folder.path, given))
            settings = _in_force(stores, folder.path, address)
            log = stack.enter_context(_logging(folder.path / "tidings.log", settings))
            await migrate(migration_url(settings))
            return await self._serve(settings, listener, stores, log, stop)

    async def _serve(
        self, settings: Settings, listener: socket.socket, stores: Stores, log: Path, stop: asyncio.Event
    ) -> int:
        grace = settings.worker.grace_seconds + MORE_GRACE_SECONDS
        async with asyncio.TaskGroup() as group:
            # First, because it takes longest to start.
            group.create_task(keep_worker(stop, log, grace_seconds=grace))
            keeping = group.create_task(stores.keep())
            try:
                return await self._with_api(settings, listener, log, stop)
            finally:
                stop.set()
                keeping.cancel()

    async def _with_api(self, settings: Settings, listener: socket.socket, log: Path, stop: asyncio.Event) -> int:
        address, own = address_of(listener), demo_key(log.parent)
        async with runtime(settings, role="api") as opened, AsyncExitStack() as shops:
            await open_demo(opened, [own, *self.api_keys])
            stories = await self._stories(opened, address, log.parent, shops)
            async with asyncio.TaskGroup() as group:
                group.create_task(serve_until(stop, create_app(opened), listener))
                self._greet(address, own, log)
                try:
                    code = await self._tell(stories, stop)
                    if not self.once or code or stop.is_set():
                        return code
                    return 0 if await trails_hold(opened, (SLUG, DEMO_LIFE.slug)) else 1
                finally:
                    stop.set()

    async def _stories(self, opened: Runtime, address: str, data: Path, shops: AsyncExitStack) -> list[Story]:
        """The sample orders; once, those of a shop whose verification is left to machines, too."""
        shop = _client(opened, address, demo_key(data), shops)
        if not self.once:
            return [Story(shop, straight(channel)) for channel in SAMPLES]
        key = demo_key(data, DEMO_LIFE.slug)
        await open_demo(opened, [key], DEMO_LIFE)
        life = _client(opened, address, key, shops)
        return [
            *(Story(shop, straight(channel)) for channel in SAMPLES_ONCE),
            *(Story(life, plot) for plot in EVENTS_ONCE),
        ]

    async def _tell(self, stories: Sequence[Story], stop: asyncio.Event) -> int:
        arrived = await tell_all(stories, stop)
        if not self.once:
            if not stop.is_set():
                typer.echo("Everything goes on running. Ctrl-C stops it.")
            await stop.wait()
            typer.echo("Stopping …")
        return 0 if arrived or not self.once else 1

    def _greet(self, address: str, own: str, log: Path) -> None:
        keys = "\n".join(f"  API key   {key}" for key in (own, *self.api_keys))
        typer.echo(
            f"\n  API       {address}\n  Explorer  {address}/docs\n  Inbox     {address}/sandbox\n"
            f"{keys}\n            of the storefront demo, with all scopes\n  Log       {log}\n"
        )


def _client(opened: Runtime, address: str, key: str, shops: AsyncExitStack) -> Shop:
    """A shop's own system, until the stack is left."""
    shop = Shop(address, key, opened.clock.now)
    shops.push_async_callback(shop.close)
    return shop


def _in_force(stores: Stores, data: Path, address: str) -> Settings:
    """The settings of this run; they go into the environment, where the worker finds them."""
    os.environ.update(stores.environment())
    os.environ["TIDINGS_DEV_ENABLED"] = "true"
    ours = {
        "TIDINGS_PUBLIC_URL": address,
        "TIDINGS_SECRETS_KEYS": vault_key(data),
        "TIDINGS_RECORDS_KEYS": signing_key(data),
    }
    # What is set to nothing counts as not set (settings.py).
    os.environ.update({name: value for name, value in ours.items() if not os.environ.get(name)})
    return load_settings()


@contextmanager
def _logging(path: Path, settings: Settings) -> Iterator[Path]:
    """Log lines of the API go into a file, so that the terminal is left to the story."""
    if path.exists() and path.stat().st_size > LOG_KEPT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    with path.open("a", buffering=1, encoding="utf-8") as stream:
        configure_logging(level=settings.log.level, form=settings.log.format, stream=stream)
        yield path
