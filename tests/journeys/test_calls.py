"""A customer with a telephone and nothing else: called by a machine, and then by a person."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.twilio import TwilioDouble
from tests.doubles.twilio_voice import TwilioVoiceDouble
from tests.fixtures.deployment import Deployment, deployed
from tests.fixtures.shop import Shop
from tidings.kit.db import Begin

pytestmark = [pytest.mark.journeys, pytest.mark.timeout(120)]

BY_PHONE = {"email": None, "phone": "+4915112345678", "preferred_channel": "voice"}


@pytest.fixture
async def deployment(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Deployment]:
    async with deployed(begin, shop, worker_database_url, valkey_url, tmp_path) as made:
        yield made


async def test_a_machine_answers_and_a_person_reads_the_same_words_out(deployment: Deployment) -> None:
    async with TwilioVoiceDouble() as voice, TwilioDouble() as sms:
        await deployment.connect("voice", "twilio", voice)
        await deployment.connect("sms", "twilio", sms)
        order = await deployment.place(customer=BY_PHONE)
        issue = {"kind": "out_of_stock", "details": "The tea is sold out.", "next_steps": "Choose another one."}
        await deployment.post(f"/v1/orders/{order['id']}/issues", issue)
        await deployment.message(order["id"], "issue_notification", "sent")
        (call,) = voice.received
        assert (call.to, call.language) == ("+4915112345678", "de-DE")
        assert "The tea is sold out." in call.said
        for status, more in (("ringing", {}), ("in-progress", {}), ("completed", {"AnsweredBy": "machine_start"})):
            assert await voice.report(call, status, **more) == 200
        message = await deployment.message(order["id"], "issue_notification", "failed")
        words = [receipt["provider_status"] for receipt in message["attempts"][0]["receipts"]]
        assert words == ["ringing", "in-progress", "completed (machine_start)"]

        (task,) = (await deployment.get("/v1/tasks?kind=call_customer"))["items"]
        assert task["data"]["script"] == call.said
        (promise,) = (await deployment.get("/v1/deadlines?kind=issue_notification"))["items"]
        assert (promise["status"], task["due_at"]) == ("running", promise["due_at"])
        await deployment.post(
            f"/v1/tasks/{task['id']}/outcome", {"outcome": "reached", "notes": "Takes the other tea."}
        )
        (promise,) = (await deployment.get("/v1/deadlines?kind=issue_notification"))["items"]
        assert promise["status"] == "met"
        (said,) = (await deployment.get(f"/v1/orders/{order['id']}/communications"))["items"]
        assert (said["summary"], said["fulfils"]) == ("Takes the other tea.", "issue_notification")
        await asyncio.sleep(0.5)
        # A call never rings twice by itself.
        assert len(voice.received) == 1
