"""A shop words its confirmation for itself: from the draft to the customer, while workers run."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.twilio import TwilioDouble
from tests.fixtures.deployment import Deployment, deployed
from tests.fixtures.shop import Shop
from tests.fixtures.templates import ANNA, BORIS, SMS
from tidings.kit.db import Begin

pytestmark = [pytest.mark.journeys, pytest.mark.timeout(120)]

BY_SMS = {"preferred_channel": "sms"}


@pytest.fixture
async def deployment(begin: Begin, shop: Shop, worker_database_url: str, tmp_path: Path) -> AsyncIterator[Deployment]:
    """Without Redis: what is published is found all the same."""
    async with deployed(begin, shop, worker_database_url, None, tmp_path) as made:
        yield made


async def took(deployment: Deployment, template: str, step: str, by: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await deployment.http.post(f"/v1/templates/{template}/{step}", json=body or None, headers=by)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def published(deployment: Deployment, text: str) -> str:
    body = {"milestone": "order_confirmation", "wording": {"de": {"sms": {"text": text}}}}
    answer = await deployment.http.post("/v1/templates", json=body, headers=ANNA)
    template = str(answer.json()["id"])
    await took(deployment, template, "submission", ANNA)
    await took(deployment, template, "review", BORIS, outcome="approved")
    await took(deployment, template, "publication", BORIS)
    return template


async def version_of_new_order(deployment: Deployment, number: str) -> int:
    order = await deployment.place(number=number, customer=BY_SMS)
    message = await deployment.message(order["id"], "order_confirmation", "sent", "delivered")
    return int(message["template"]["version"])


async def until(deployment: Deployment, wanted: range, prefix: str) -> None:
    """A worker knows within seconds."""
    async with asyncio.timeout(60):
        number = 0
        while await version_of_new_order(deployment, f"{prefix}-{number}") not in wanted:
            number += 1
            await asyncio.sleep(0.5)


async def test_what_is_published_reaches_the_customer_and_is_rolled_back(deployment: Deployment) -> None:
    async with TwilioDouble() as sms:
        await deployment.connect("sms", "twilio", sms)
        assert await version_of_new_order(deployment, "built-in") < 101
        first = await published(deployment, SMS["text"])
        await until(deployment, range(101, 102), "first")
        assert sms.received[-1].body.startswith("Hooray! Order #first-")
        await published(deployment, SMS["text"].replace("Hooray", "Hurrah"))
        await until(deployment, range(102, 103), "second")
        assert sms.received[-1].body.startswith("Hurrah! Order #second-")
        back = await took(deployment, first, "rollback", BORIS)
        await until(deployment, range(103, 104), "back")
        assert sms.received[-1].body.startswith("Hooray! Order #back-")
        await took(deployment, back["id"], "retirement", BORIS)
        await until(deployment, range(1, 101), "retired")
