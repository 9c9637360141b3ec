"""The composition root: from settings to a running whole. The only place that sees both adapters and settings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from tidings.adapters.doorbell.redis import NoDoorbell, RedisDoorbell
from tidings.adapters.http import Http, Patience
from tidings.adapters.provider import Tools
from tidings.adapters.registry import Registry
from tidings.adapters.sandbox.callbacks import run_callbacks
from tidings.adapters.sandbox.routes import inbox_router
from tidings.callbacks.take_in import TakeIn, Taken, take_in_many
from tidings.delivery.connections import config_of
from tidings.delivery.links import LinkMaker
from tidings.delivery.ports import ConnectionConfig
from tidings.feedback.link import PURPOSE, FeedbackLinks
from tidings.issues.escalate import watch_issues
from tidings.kit.batching import Batcher
from tidings.kit.clock import Clock, SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.metrics import Metrics, watch_loop
from tidings.kit.migrations import head_of
from tidings.kit.problem import Problem
from tidings.kit.ready import Check, migrated_to
from tidings.kit.signed import Signed
from tidings.kit.trace import Tracing, tracing_to
from tidings.kit.vault import Vault
from tidings.orders.call_told import CallTold
from tidings.orders.place import Placed, place_orders
from tidings.orders.placing import Placing
from tidings.orders.ports import Catalogue
from tidings.orders.unsent import find_unsent
from tidings.orders.watch_promises import run_watch
from tidings.outbox.depth import depth
from tidings.reviews.watch import watch_reviews
from tidings.settings import Settings
from tidings.storefronts.connectionbook import ConnectionBook
from tidings.storefronts.shopbook import ShopBook
from tidings.tasks.outcomes import Outcomes
from tidings.templates.render import Templates
from tidings.verification.catalogue import LedgerCatalogue

Role = Literal["api", "worker"]
Loop = Callable[[], Awaitable[None]]


class NotConfigured(Exception):
    """Something that this process needs is not set."""


def task_outcomes() -> Outcomes:
    """By kind of task, who knows what follows from its outcome."""
    return {"call_customer": CallTold()}


@dataclass(slots=True)
class Runtime:
    """Everything that a process is made of, opened."""

    settings: Settings
    role: Role
    clock: Clock
    engine: AsyncEngine
    begin: Begin
    shops: ShopBook
    connections: ConnectionBook
    vault: Vault
    registry: Registry
    templates: Templates
    doorbell: RedisDoorbell | NoDoorbell
    metrics: Metrics
    tracing: Tracing
    http: Http
    # Orders that come in at the same time are stored together; its lanes run in the API's process.
    placing: Batcher[Placing, Placed | Problem]
    # The same for what providers say.
    taking_in: Batcher[TakeIn, Taken]
    ready_checks: Sequence[Check] = field(default_factory=list)
    # Pages of adapters' own, which the API serves (under `tidings dev` only).
    pages: Sequence[APIRouter] = ()
    # What is done all the time, in the worker.
    loops: Sequence[Loop] = ()
    # Who makes the links of messages, by their names in wording (templates.messages.LINKS).
    links: Mapping[str, LinkMaker] = field(default_factory=dict)
    # What follows from what people tell of their tasks.
    outcomes: Outcomes = field(default_factory=task_outcomes)

    @property
    def catalogue(self) -> Catalogue:
        """What orders are checked against at their receipt, for shops whose policy asks for it."""
        return LedgerCatalogue(self.begin)

    @property
    def feedback_links(self) -> FeedbackLinks:
        """Makes the links to the feedback page, and reads them."""
        keys = [key.get_secret_value() for key in self.settings.secrets.keys]
        return FeedbackLinks(Signed(keys, PURPOSE), self.settings.public.url.rstrip("/"))

    async def connection(self, connection_id: UUID) -> ConnectionConfig | None:
        """One connection, decrypted; None when it is gone or its secrets cannot be opened."""
        opened = await self.connections.of(connection_id)
        return None if opened is None else config_of(opened)


@asynccontextmanager
async def runtime(settings: Settings, *, role: Role, clock: Clock | None = None) -> AsyncIterator[Runtime]:
    """Open everything that a process of this role needs; closes it again in the reverse order.

    Raises:
        NotConfigured: no database is named.
    """
    made = _composed(settings, role, clock or SystemClock())
    async with asyncio.TaskGroup() as background:
        work = (made.doorbell.run(), made.placing.run_lanes(), made.taking_in.run_lanes(), watch_loop(made.metrics))
        tasks = [background.create_task(each) for each in work]
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await made.doorbell.close()
            await made.http.close()
            made.tracing.shutdown()
            await made.begin.close()


def _composed(settings: Settings, role: Role, clock: Clock) -> Runtime:
    engine = create_engine(
        _database_url(settings, role),
        pool_size=settings.database.pool_size,
        pooler=settings.database.pooler,
        by_index=role == "worker",
        application_name=f"tidings-{role}",
    )
    patience = Patience.within(timedelta(seconds=settings.worker.provider_timeout_seconds))
    begin, http = Begin(engine), Http(patience)
    doorbell = _doorbell(settings)
    begin.on_work = doorbell.ring
    vault = Vault([key.get_secret_value() for key in settings.secrets.keys])
    made = Runtime(
        settings=settings,
        role=role,
        clock=clock,
        engine=engine,
        begin=begin,
        shops=ShopBook(begin, keep_seconds=settings.api.key_cache_seconds),
        connections=ConnectionBook(begin, vault, keep_seconds=settings.api.key_cache_seconds),
        vault=vault,
        registry=Registry(_tools(settings, begin, http, clock)),
        templates=Templates.load(),
        doorbell=doorbell,
        metrics=Metrics(),
        tracing=tracing_to(settings.trace.endpoint, sample=settings.trace.sample, role=role),
        http=http,
        placing=order_desk(begin, clock),
        taking_in=callback_desk(begin, clock),
        ready_checks=[migrated_to(begin, head_of()), Check("redis", doorbell.is_there, is_required=False)],
    )
    made.links = {**made.links, "feedback": made.feedback_links}
    made.loops = _loops(made)
    made.pages = [inbox_router(begin, clock)] if settings.dev.enabled else []
    made.metrics.on_scrape.append(partial(_measure, made))
    return made


def _loops(made: Runtime) -> Sequence[Loop]:
    """What is done all the time, in the worker."""
    begin, clock = made.begin, made.clock
    return [
        partial(run_callbacks, begin, made.http, made.connection, clock),
        partial(watch_issues, begin, clock),
        partial(watch_reviews, begin, clock),
        partial(run_watch, begin, clock, every=timedelta(seconds=made.settings.worker.sweep_seconds)),
    ]


def _tools(settings: Settings, begin: Begin, http: Http, clock: Clock) -> Tools:
    timeout = timedelta(seconds=settings.worker.provider_timeout_seconds)
    return Tools(http=http, clock=clock, timeout=timeout, allow_insecure=settings.dev.enabled, begin=begin)


def _doorbell(settings: Settings) -> RedisDoorbell | NoDoorbell:
    url = settings.redis.url
    return RedisDoorbell(url.get_secret_value()) if url is not None else NoDoorbell()


def order_desk(begin: Begin, clock: Clock) -> Batcher[Placing, Placed | Problem]:
    """Where single orders queue to be placed together."""

    async def work(placings: Sequence[Placing]) -> Sequence[Placed | Problem]:
        return await place_orders(placings, begin=begin, now=clock.now())

    return Batcher(work)


def callback_desk(begin: Begin, clock: Clock) -> Batcher[TakeIn, Taken]:
    """Where single callbacks queue to be taken in together."""

    async def work(commands: Sequence[TakeIn]) -> Sequence[Taken]:
        return await take_in_many(commands, begin=begin, now=clock.now())

    return Batcher(work)


async def _measure(runtime: Runtime) -> None:
    """What is read from the database at each scrape."""
    async with runtime.begin.across() as tx:
        waiting = await depth(tx)
    runtime.metrics.outbox(waiting.rows, waiting.oldest_seconds)
    limit = timedelta(seconds=runtime.settings.worker.unsent_alarm_seconds)
    runtime.metrics.due_unsent((await find_unsent(runtime.begin, runtime.clock.now(), limit=limit)).late)


def _database_url(settings: Settings, role: Role) -> str:
    url = settings.database.worker_url if role == "worker" else None
    url = url or settings.database.url
    if url is None:
        message = "TIDINGS_DATABASE_URL is not set (`tidings dev` brings its own database)"
        raise NotConfigured(message)
    return url.get_secret_value()
