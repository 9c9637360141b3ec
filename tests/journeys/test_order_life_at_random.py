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
from tests.journeys.life.progress import Progress
from tests.journeys.life.receipt import Receipt
from tests.journeys.life.refusals import Refusals
from tests.journeys.life.requests import Requests
from tests.journeys.life.time import Time
from tests.journeys.life.verifying import Verifying
from tests.journeys.life.world import World
from tidings.kit.db import Begin
from tidings.kit.vault import new_vault_key
from tidings.orders.watch_promises import watch_promises
from tidings.settings import ApiSettings, PublicSettings, SecretsSettings, Settings

pytestmark = pytest.mark.journeys

STEPS = 50
QUICK = run_settings(
    max_examples=50,
    stateful_step_count=STEPS,
    # The same lives each time; a failure is told as it happened, because shrinking costs the database minutes.
    derandomize=True,
    phases=[Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = run_settings(QUICK, max_examples=500, derandomize=False, phases=[Phase.generate, Phase.shrink])


class OrderLife(Receipt, Verifying, Progress, Parcels, Requests, Time, Refusals):
    """One shop, and everything that can happen in it."""


@pytest.fixture
def settings() -> Settings:
    """The application's: a key is looked up once in a life."""
    return Settings(
        api=ApiSettings(key_cache_seconds=3600, idempotency_wait_seconds=1),
        public=PublicSettings(url=PUBLIC_URL),
        secrets=SecretsSettings(keys=(SecretStr(new_vault_key()),)),
    )


@pytest.mark.parametrize("how", [QUICK, pytest.param(LONG, marks=pytest.mark.long)], ids=["quick", "long"])
async def test_whatever_happens_to_orders_nothing_is_ever_broken(
    clients: Clients, begin: Begin, clock: FixedClock, errands: Errands, how: run_settings
) -> None:
    async def sweep() -> None:
        await watch_promises(begin, clock.now())

    OrderLife.world = world = World(asyncio.get_running_loop(), clients, begin, clock, errands, sweep)
    await asyncio.to_thread(run_state_machine_as_test, OrderLife, settings=how)
    assert world.lives >= how.max_examples
