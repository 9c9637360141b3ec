"""Orders, parcels, issues, requests and the clock, driven at random: whatever comes of it, nothing is ever broken."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as run_settings
from hypothesis.stateful import run_state_machine_as_test
from pydantic import SecretStr

from tests.clock import FixedClock
from tests.fixtures.api import PUBLIC_URL, Clients
from tests.fixtures.errands import Errands
from tests.journeys.life.parcels import Parcels
from tests.journeys.life.receipt import Receipt
from tests.journeys.life.refusals import Refusals
from tests.journeys.life.requests import Requests
from tests.journeys.life.time import Time
from tests.journeys.life.verifying import Verifying
from tests.journeys.life.world import World
from tidings.kit.db import Begin
from tidings.kit.vault import new_vault_key
from tidings.milestones.facts import FactKind
from tidings.orders.watch_promises import watch_promises
from tidings.settings import ApiSettings, PublicSettings, SecretsSettings, Settings

QUICK = run_settings(
    max_examples=50,
    stateful_step_count=50,
    # The same lives each time; a failure is told as it happened, because shrinking costs the database minutes.
    derandomize=True,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = run_settings(QUICK, max_examples=500, derandomize=False, phases=[Phase.generate, Phase.shrink])

# What has happened somewhere in so many lives, or they show less than they should.
HAPPENED: set[FactKind] = {
    "order.placed", "order.left_incomplete", "order.made_complete", "order.changed", "contact.changed",
    "payment.checked", "stock.checked", "processing.started", "issue.opened", "issue.resolved", "change.requested",
    "change.decided", "change.withdrawn", "change.carried_out", "refund.requested", "refund.settled",
    "shipment.dispatched", "shipment.excepted", "shipment.returned", "shipment.delivered", "order.cancelled",
    "order.closed", "communication.logged", "deadline.warned", "deadline.missed", "deadline.escalated",
}  # fmt: skip


class OrderLife(Receipt, Verifying, Parcels, Requests, Time, Refusals):
    """One shop, and everything that can happen in it."""


@pytest.fixture
def settings() -> Settings:
    """The application's: a key is looked up once in a life."""
    return Settings(
        api=ApiSettings(key_cache_seconds=3600, idempotency_wait_seconds=1),
        public=PublicSettings(url=PUBLIC_URL),
        secrets=SecretsSettings(keys=(SecretStr(new_vault_key()),)),
    )


# Alone it takes half a minute; beside others that are busy, some times as long.
@pytest.mark.journeys
@pytest.mark.timeout(400)
async def test_whatever_happens_to_orders_nothing_is_ever_broken(
    clients: Clients, begin: Begin, clock: FixedClock, errands: Errands
) -> None:
    await live(QUICK, clients, begin, clock, errands)


@pytest.mark.long
async def test_nor_in_ten_times_as_many_lives(
    clients: Clients, begin: Begin, clock: FixedClock, errands: Errands
) -> None:
    await live(LONG, clients, begin, clock, errands)


async def live(how: run_settings, clients: Clients, begin: Begin, clock: FixedClock, errands: Errands) -> None:
    """So many lives, one after the other."""

    async def sweep() -> None:
        await watch_promises(begin, clock.now())

    OrderLife.world = world = World(asyncio.get_running_loop(), clients, begin, clock, errands, sweep)
    await asyncio.to_thread(run_state_machine_as_test, OrderLife, settings=how)
    assert world.lives >= how.max_examples
    async with begin.across() as tx:
        happened = {row["kind"] for row in await tx.raw.fetch("SELECT DISTINCT kind FROM events")}
    assert happened >= HAPPENED, HAPPENED - happened
