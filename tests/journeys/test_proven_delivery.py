"""From a posted order to a proven delivery: real HTTP, Postgres and Valkey, providers that check what they get."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.doubles.fcm import FcmDouble
from tests.doubles.sendgrid import SendGridDouble
from tests.doubles.smtp import SmtpDouble
from tests.doubles.turns import answers
from tests.doubles.twilio import TwilioDouble
from tests.fixtures.deployment import GERMAN, Deployment, deployed
from tests.fixtures.orders import order_body
from tests.fixtures.shop import Shop
from tests.fixtures.waiting import eventually
from tidings.kit.db import Begin

pytestmark = [pytest.mark.journeys, pytest.mark.timeout(120)]


@pytest.fixture
async def deployment(
    begin: Begin, shop: Shop, worker_database_url: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Deployment]:
    async with deployed(begin, shop, worker_database_url, valkey_url, tmp_path) as made:
        yield made


async def test_an_email_customer_is_told_of_every_milestone_and_the_shop_can_prove_it(deployment: Deployment) -> None:
    async with SendGridDouble() as sendgrid:
        await deployment.connect("email", "sendgrid", sendgrid)
        order = await deployment.place(number="W-1")
        await deployment.message(order["id"], "order_confirmation", "sent")
        shipment = await deployment.ship(order["id"])
        await deployment.message(order["id"], "order_dispatched", "sent")
        await deployment.post(f"/v1/shipments/{shipment['id']}/events", {"status": "delivered"})
        await deployment.message(order["id"], "order_delivered", "sent")

        confirmation, processing, dispatched, delivered = sendgrid.received
        for needed in ("W-1", "Green tea 100 g", "Invalidenstraße 116", "hello@teahouse.test"):
            assert needed in confirmation.text
            assert needed in (confirmation.html or "")
        assert "W-1" in processing.text
        assert "https://dhl.example/00340" in dispatched.text
        # One conversation in the customer's mailbox.
        assert delivered.headers["References"] == dispatched.headers["References"]

        events = [sendgrid.event(mail, name) for mail in sendgrid.received for name in ("processed", "delivered")]
        assert await sendgrid.post_events(deployment.callback_urls["email"], events) == 200
        message = await deployment.message(order["id"], "order_delivered", "delivered")
        assert [receipt["status"] for receipt in message["attempts"][0]["receipts"]] == ["accepted", "delivered"]
        kinds = [item["kind"] for item in (await deployment.get(f"/v1/orders/{order['id']}/timeline"))["items"]]
        assert kinds.count("attempt.settled") == 4
        assert kinds.count("receipt.received") == 8
        explanation = await deployment.get(f"/v1/messages/{message['id']}/explanation")
        assert "delivered" in str(explanation)


async def test_expectation_1_exactly_one_confirmation_however_often_the_order_is_posted(deployment: Deployment) -> None:
    async with SendGridDouble() as sendgrid:
        await deployment.connect("email", "sendgrid", sendgrid)
        deployment.work()
        headers = {"Idempotency-Key": "cart-77"}
        body = order_body(customer=GERMAN, number="W-77")
        assert (await deployment.http.post("/v1/orders?validate_only=true", json=body)).status_code == 200
        answers = await asyncio.gather(
            *(deployment.http.post("/v1/orders", json=body, headers=headers) for _ in range(200))
        )
        assert {answer.status_code for answer in answers} <= {201, 409}
        bodies = {answer.text for answer in answers if answer.status_code == 201}
        assert len(bodies) == 1
        order_id = next(answer for answer in answers if answer.status_code == 201).json()["id"]
        await deployment.message(order_id, "order_confirmation", "sent")
        await asyncio.sleep(1)
        assert len(sendgrid.received) == 1
        assert len((await deployment.get("/v1/orders"))["items"]) == 1


async def test_a_text_message_whose_receipts_overtake_its_own_send_ends_delivered(deployment: Deployment) -> None:
    async with TwilioDouble(reports=("sent", "delivered")) as twilio:
        await deployment.connect("sms", "twilio", twilio)
        order = await deployment.place(customer={"preferred_channel": "sms"})
        message = await deployment.message(order["id"], "order_confirmation", "delivered")
        (text,) = twilio.received
        assert text.to == "+4915112345678"
        assert order["number"] in text.body
        assert message["attempts"][0]["status"] == "delivered"
        # SOP 4.2: the promise is met by the provider's acceptance.
        assert (await deployment.get("/v1/deadlines?status=met"))["items"]


async def test_a_push_customer_is_confirmed_by_mail_and_told_of_all_else_by_push(deployment: Deployment) -> None:
    async with SmtpDouble() as smtp, FcmDouble() as fcm:
        await deployment.connect("email", "smtp", smtp)
        await deployment.connect("push", "fcm", fcm)
        devices = [{"platform": "fcm", "token": "device-1"}]
        order = await deployment.place(customer={"preferred_channel": "push", "devices": devices})
        await deployment.message(order["id"], "order_confirmation", "sent")
        await deployment.ship(order["id"])
        await deployment.message(order["id"], "order_dispatched", "sent")
        assert len(smtp.received) == 1
        # That it is being made ready, and that it is on its way.
        assert [push.target for push in fcm.received] == ["device-1", "device-1"]


async def test_a_mailbox_that_bounces_later_reopens_the_promise_and_the_customer_is_told_by_text(
    deployment: Deployment,
) -> None:
    async with SendGridDouble() as sendgrid, TwilioDouble() as twilio:
        await deployment.connect("email", "sendgrid", sendgrid)
        await deployment.connect("sms", "twilio", twilio)
        order = await deployment.place()
        await deployment.message(order["id"], "order_confirmation", "sent")
        (mail,) = sendgrid.received
        bounce = sendgrid.event(mail, "bounce", type="bounce", status="5.1.1", reason="550 unknown user")
        assert await sendgrid.post_events(deployment.callback_urls["email"], [bounce]) == 200
        await eventually(lambda: twilio.received, seconds=60)
        message = await deployment.message(order["id"], "order_confirmation", "sent")
        assert [attempt["channel"] for attempt in message["attempts"]] == ["email", "sms"]
        assert message["attempts"][0]["status"] == "bounced"
        suppressed = (await deployment.get("/v1/suppressions"))["items"]
        assert [item["reason"] for item in suppressed] == ["hard_bounce"]


async def test_a_forged_callback_changes_nothing(deployment: Deployment) -> None:
    async with TwilioDouble() as twilio, TwilioDouble() as forger:
        forger.auth_token = "0" * 32
        await deployment.connect("sms", "twilio", twilio)
        order = await deployment.place(customer={"preferred_channel": "sms"})
        await deployment.message(order["id"], "order_confirmation", "sent")
        assert await forger.report(twilio.received[0], "delivered") == 403
        assert await twilio.report(twilio.received[0], "delivered") // 100 == 2
        await deployment.message(order["id"], "order_confirmation", "delivered")


async def test_expectation_6_mail_trouble_never_breaks_the_order(deployment: Deployment) -> None:
    """Nobody listens at the provider's address; orders are taken, and told when it is back."""
    async with SendGridDouble() as sendgrid:
        await deployment.connect("email", "sendgrid", sendgrid)
        sendgrid.always(answers(429, {"errors": [{"message": "too many requests"}]}, {"retry-after": "1"}))
        orders = [await deployment.place() for _ in range(3)]
        await deployment.message(orders[0]["id"], "order_confirmation", "sending")
        sendgrid.always(None)
        for order in orders:
            await deployment.message(order["id"], "order_confirmation", "sent")
        assert len(sendgrid.received) == 3


async def test_expectation_8_and_10_each_customer_reads_their_own_language_and_local_time(
    deployment: Deployment,
) -> None:
    async with SendGridDouble() as sendgrid:
        await deployment.connect("email", "sendgrid", sendgrid)
        for locale in ("fr-FR", "de-DE", "es-ES", "en-GB"):
            await deployment.place(number=locale, customer={"locale": locale}, placed_at="2026-11-22T23:30:00Z")
        await eventually(lambda: len(sendgrid.received) == 4, seconds=60)
        words = {"fr-FR": "commande", "de-DE": "Bestellung", "es-ES": "pedido", "en-GB": "order"}
        for mail in sendgrid.received:
            locale = next(locale for locale in words if locale in mail.text)
            assert words[locale] in mail.text
            # 23:30 UTC on the 22nd is half past midnight on the 23rd in Berlin.
            assert "23" in mail.text
            assert "00:30" in mail.text or "0:30" in mail.text
