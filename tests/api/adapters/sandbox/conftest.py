"""The inbox page's application, and messages in it."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.routes import inbox_router
from tidings.adapters.sandbox.take import Arrival, take
from tidings.api import problems

PACE = Pace(timedelta(seconds=1), timedelta(seconds=9))


@pytest.fixture
async def client(begin, clock):
    app = FastAPI()
    problems.install(app)
    app.router.routes.extend(inbox_router(begin, clock).routes)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as made:
        yield made


@pytest.fixture
def sent(worker_begin, shop, clock):
    async def sent(to="ada@example.com", **changes):
        message = outgoing(clock, to, **changes)
        async with worker_begin.across() as tx:
            arrival = Arrival(message, connection(shop.scope, message.channel))
            await take(tx, arrival, now=clock.now(), pace=PACE)
        return message.attempt_id

    return sent
