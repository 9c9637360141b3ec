"""The composition root: from settings to a running whole. The only place that sees both adapters and settings."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from tidings.adapters.blobs.s3 import open_store
from tidings.adapters.courier import PATIENCE as COURIERS
from tidings.adapters.courier import HttpCourier
from tidings.adapters.doorbell.redis import NoDoorbell, RedisDoorbell
from tidings.adapters.http import Http, Patience
from tidings.adapters.pdf.press import ProcessPress
from tidings.adapters.registry import Registry
from tidings.adapters.sandbox.routes import inbox_router
from tidings.bootstrap.desks import callback_desk, order_desk
from tidings.bootstrap.loops import Loop, loops_of
from tidings.bootstrap.measure import measure
from tidings.bootstrap.settled import (
    MAP,
    NotConfigured,
    Role,
    database_url,
    doorbell_of,
    feedback_links_of,
    keeper_of,
    named,
    signer_of,
    tools_of,
    vault_of,
)
from tidings.callbacks.take_in import TakeIn, Taken
from tidings.delivery.connections import config_of
from tidings.delivery.enclosures import Enclosures
from tidings.delivery.links import LinkMaker
from tidings.delivery.ports import ConnectionConfig
from tidings.documents.enclose import Enclosing
from tidings.documents.links import DocumentLinks
from tidings.documents.ports import Store
from tidings.feedback.link import FeedbackLinks
from tidings.kit.batching import Batcher
from tidings.kit.clock import Clock, SystemClock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.metrics import Metrics, watch_loop
from tidings.kit.migrations import head_of
from tidings.kit.problem import Problem
from tidings.kit.ready import Check, migrated_to
from tidings.kit.trace import Tracing, tracing_to
from tidings.kit.vault import Vault
from tidings.milestones.facts import FACT_KINDS
from tidings.orders.call_told import CallTold
from tidings.orders.place import Placed
from tidings.orders.placing import Placing
from tidings.orders.ports import Catalogue
from tidings.retention.map import Map
from tidings.retention.papers import DocumentPapers
from tidings.retention.ports import Papers
from tidings.settings import Settings
from tidings.storefronts.connectionbook import ConnectionBook
from tidings.storefronts.shopbook import ShopBook
from tidings.tasks.outcomes import Outcomes
from tidings.templates.render import Templates
from tidings.templates.stored.book import TemplateBook
from tidings.templates.stored.workshop import Workshop
from tidings.verification.catalogue import LedgerCatalogue
from tidings.webhooks.ports import Courier

__all__ = [
    "Loop", "NotConfigured", "Role", "Runtime", "callback_desk", "order_desk", "runtime", "signer_of",
]  # fmt: skip


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
    # Posts events to shops' own systems, with a client of its own.
    courier: Courier
    # Orders that come in at the same time are stored together; its lanes run in the API's process.
    placing: Batcher[Placing, Placed | Problem]
    # The same for what providers say.
    taking_in: Batcher[TakeIn, Taken]
    # Prints documents; its processes start with the first one.
    press: ProcessPress
    # Links to documents.
    document_links: DocumentLinks
    ready_checks: Sequence[Check] = field(default_factory=list)
    # Pages of adapters' own, which the API serves (under `tidings dev` only).
    pages: Sequence[APIRouter] = ()
    # What is done all the time, in the worker.
    loops: Sequence[Loop] = ()
    # None: documents are kept in the database.
    document_store: Store | None = None
    # What goes along with messages.
    enclosures: Enclosures | None = None
    # Who makes the links of messages, by their names in wording (templates.messages.LINKS).
    links: Mapping[str, LinkMaker] = field(default_factory=dict)
    # Opens transactions as tidings_retention, where the settings name that role; and the map of personal data.
    keeper: Begin | None = None
    map: Map = MAP
    # Whoever keeps documents brings them to exports.
    papers: Sequence[Papers] = ()
    # What follows from what people tell of their tasks.
    outcomes: Outcomes = field(default_factory=task_outcomes)
    # Where shops' own wording is looked over before it is sent.
    workshop: Workshop = field(default_factory=Workshop)
    # What shops may be told of.
    event_types: Collection[str] = frozenset(FACT_KINDS)

    @property
    def editions(self) -> TemplateBook:
        """The versions of the wording that shops have published; made for whoever renders."""
        return TemplateBook(self.begin, keep_seconds=self.settings.worker.sweep_seconds)

    @property
    def catalogue(self) -> Catalogue:
        """What orders are checked against at their receipt, for shops whose policy asks for it."""
        return LedgerCatalogue(self.begin)

    @property
    def retention(self) -> Begin:
        """Opens transactions as the one role that deletes and erases; NotConfigured where none is named."""
        return named(self.keeper)

    @property
    def feedback_links(self) -> FeedbackLinks:
        """Makes the links to the feedback page, and reads them."""
        return feedback_links_of(self.settings)

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
            await made.workshop.close()
            await made.doorbell.close()
            await made.http.close()
            await made.courier.close()
            made.press.close()
            made.tracing.shutdown()
            await made.begin.close()
            if made.keeper is not None:
                await made.keeper.close()


def _composed(settings: Settings, role: Role, clock: Clock) -> Runtime:
    engine = create_engine(
        database_url(settings, role),
        pool_size=settings.database.pool_size,
        pooler=settings.database.pooler,
        by_index=role == "worker",
        application_name=f"tidings-{role}",
    )
    patience = Patience.within(timedelta(seconds=settings.worker.provider_timeout_seconds))
    begin, http = Begin(engine), Http(patience)
    doorbell = doorbell_of(settings)
    begin.on_work = doorbell.ring
    keys = [key.get_secret_value() for key in settings.secrets.keys]
    vault = vault_of(settings)
    made = Runtime(
        settings=settings,
        role=role,
        clock=clock,
        engine=engine,
        begin=begin,
        shops=ShopBook(begin, keep_seconds=settings.api.key_cache_seconds),
        connections=ConnectionBook(begin, vault, keep_seconds=settings.api.key_cache_seconds),
        vault=vault,
        registry=Registry(tools_of(settings, begin, http, clock)),
        templates=Templates.load(),
        doorbell=doorbell,
        metrics=Metrics(),
        tracing=tracing_to(settings.trace.endpoint, sample=settings.trace.sample, role=role),
        http=http,
        courier=HttpCourier(Http(COURIERS), allow_insecure=settings.dev.enabled),
        placing=order_desk(begin, clock),
        taking_in=callback_desk(begin, clock),
        press=ProcessPress(settings.documents.processes),
        document_links=DocumentLinks(keys, settings.public.url, lasts=timedelta(days=settings.documents.link_days)),
        document_store=open_store(settings.documents.model_dump(), timeout=patience.total),
        ready_checks=[migrated_to(begin, head_of()), Check("redis", doorbell.is_there, is_required=False)],
    )
    return _equipped(made)


def _equipped(made: Runtime) -> Runtime:
    """With what its parts do for each other, and all the time."""
    settings, begin = made.settings, made.begin
    made.enclosures = Enclosing(begin, made.shops, made.clock, made.document_store)
    made.links = {"documents": made.document_links.link, "feedback": made.feedback_links}
    made.keeper, made.loops = keeper_of(settings), loops_of(made)
    made.papers = (DocumentPapers(begin, made.document_store),)
    made.pages = [inbox_router(begin, made.clock)] if settings.dev.enabled else []
    limit = timedelta(seconds=settings.worker.unsent_alarm_seconds)
    made.metrics.on_scrape.append(partial(measure, begin, made.clock, made.metrics, limit=limit))
    return made
