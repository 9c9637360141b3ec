"""The inbox page and its JSON, without a browser."""

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.db.adapters.sandbox.play import connection, outgoing
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.routes import inbox_router
from tidings.adapters.sandbox.take import Arrival, take
from tidings.api import problems
from tidings.delivery.ports import Content
from tidings.kit.ids import new_id, wire

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


async def test_an_empty_inbox_says_what_to_do(client):
    page = await client.get("/sandbox")
    assert page.status_code == 200
    assert "Nothing here yet" in page.text
    assert "curl http://127.0.0.1:8080/v1/orders" in page.text
    assert "bounce@sandbox.test" in page.text


async def test_the_list_shows_every_channel(client, sent):
    ids = [
        await sent("ada@example.com"),
        await sent("+4915112345678"),
        await sent("token", channel="push"),
        await sent("+15005550108", channel="voice"),
    ]
    page = await client.get("/sandbox")
    assert all(f'href="/sandbox/{each}"' in page.text for each in ids)
    assert "Nothing here yet" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"channel": "sms"}, 1),
        ({"to": "ADA"}, 1),
        ({"to": "+4915112345678"}, 1),
        ({"to": "nobody"}, 0),
        ({"channel": "", "to": ""}, 2),
    ],
)
async def test_the_list_can_be_filtered(client, sent, query, found):
    await sent("ada@example.com")
    await sent("+4915112345678")
    page = await client.get("/sandbox", params=query)
    assert len(re.findall(r'href="/sandbox/att_', page.text)) == found
    assert ("No message like that" in page.text) is (found == 0)
    scripted = await client.get("/sandbox/messages", params=query)
    assert len(scripted.json()["items"]) == found


async def test_a_plus_that_a_script_forgot_to_escape_still_means_a_number(client, sent):
    await sent("+4915112345678")
    assert len((await client.get("/sandbox/messages?to=+4915112345678")).json()["items"]) == 1


async def test_a_list_that_is_too_long_says_so(client, sent):
    for n in range(101):
        await sent(f"ada{n}@example.com")
    page = await client.get("/sandbox")
    assert "The newest 100 are shown" in page.text
    assert len((await client.get("/sandbox/messages")).json()["items"]) == 100


async def test_messages_of_one_order_can_be_seen_together(client, sent):
    await sent(order_id="ord_1")
    await sent(order_id="ord_2")
    assert len((await client.get("/sandbox/messages?order=ord_1")).json()["items"]) == 1
    assert "Only messages of" in (await client.get("/sandbox?order=ord_1")).text


async def test_a_mail_has_three_views(client, sent):
    attempt = await sent()
    pages = {
        view: (await client.get(f"/sandbox/{attempt}", params={"view": view})).text for view in ("html", "text", "raw")
    }
    assert f'src="/sandbox/{attempt}/html"' in pages["html"]
    assert "sandbox=" in pages["html"]
    assert "We have received your order." in pages["text"]
    assert "Content-Type: multipart/alternative" in pages["raw"]


async def test_a_mail_without_html_opens_with_its_text(client, sent):
    attempt = await sent(content=Content("Only text", "Subject"))
    page = await client.get(f"/sandbox/{attempt}")
    assert "<iframe" not in page.text
    assert "Only text" in page.text
    assert (await client.get(f"/sandbox/{attempt}/html")).status_code == 404


async def test_the_mail_itself_is_served_in_a_cage(client, sent):
    mail = await client.get(f"/sandbox/{await sent()}/html")
    assert mail.text == "<p>Thanks</p>"
    policy = mail.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "script-src" not in policy


async def test_pages_run_no_scripts_but_their_own_and_load_nothing_from_elsewhere(client, sent):
    attempt = await sent()
    for path in ("/sandbox", f"/sandbox/{attempt}", f"/sandbox/{wire('att', new_id())}"):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.findall(r"<style|<script>|style=|\son[a-z]+=", page.text)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


async def test_what_a_customer_or_a_shop_wrote_is_shown_as_text(client, sent):
    nasty = "<img src=x onerror=alert(1)>"
    attempt = await sent("+4915112345678", content=Content(nasty, nasty))
    for path in ("/sandbox", f"/sandbox/{attempt}"):
        assert nasty not in (await client.get(path)).text


async def test_the_pages_own_style_and_script_are_served_and_nothing_else(client):
    assert (await client.get("/sandbox/assets/inbox.css")).headers["content-type"].startswith("text/css")
    assert (await client.get("/sandbox/assets/inbox.js")).headers["content-type"].startswith("text/javascript")
    for name in ("layout.html", "..%2Froutes.py", "nothing"):
        assert (await client.get(f"/sandbox/assets/{name}")).status_code == 404


@pytest.mark.parametrize("unknown", [wire("att", new_id()), "att_1", "ord_" + "0" * 32, "favicon.ico"])
async def test_a_message_that_is_not_there_is_not_found(client, unknown):
    page = await client.get(f"/sandbox/{unknown}")
    assert page.status_code == 404
    assert "No such message" in page.text
    assert (await client.get(f"/sandbox/{unknown}/html")).status_code == 404
    assert (await client.get(f"/sandbox/messages/{unknown}")).status_code == 404
    assert (await client.post(f"/sandbox/messages/{unknown}/replies", data={"text": "?"})).status_code == 404


async def test_a_script_reads_a_message_whole(client, sent):
    attempt = await sent()
    told = (await client.get(f"/sandbox/messages/{attempt}")).json()
    assert told["id"] == attempt
    assert told["html"] == "<p>Thanks</p>"
    assert [callback["type"] for callback in told["callbacks"]] == ["accepted", "sent", "delivered"]


@pytest.mark.parametrize(("text", "word"), [("When?", "reply"), ("stop", "opt_out"), ("START", "opt_in")])
async def test_a_reply_becomes_a_callback(client, sent, text, word):
    attempt = await sent("+15005550105")
    for answer in (
        await client.post(f"/sandbox/messages/{attempt}/replies", data={"text": text}),
        await client.post(f"/sandbox/messages/{attempt}/replies", json={"text": text}),
    ):
        assert answer.status_code == 202
        assert (answer.json()["callbacks"][-1]["type"], answer.json()["callbacks"][-1]["text"]) == (word, text)


async def test_a_nul_in_a_reply_does_no_harm(client, sent):
    answer = await client.post(f"/sandbox/messages/{await sent('+15005550105')}/replies", json={"text": "a\0b"})
    assert answer.json()["callbacks"][-1]["text"] == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("word", ["spam_report", "hard_bounce"])
async def test_a_mail_can_be_called_spam_and_can_bounce(client, sent, word, clock):
    attempt = await sent()
    clock.advance(timedelta(seconds=60))
    answer = await client.post(f"/sandbox/messages/{attempt}/events", data={"type": word})
    assert answer.json()["callbacks"][-1]["type"] == word


async def test_a_browser_is_sent_back_to_the_message(client, sent):
    attempt = await sent()
    answer = await client.post(
        f"/sandbox/messages/{attempt}/events", data={"type": "hard_bounce"}, headers={"accept": "text/html"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sandbox/{attempt}")


async def test_the_last_callback_can_be_repeated_once_there_is_one(client, sent, begin):
    attempt = await sent()
    assert (await client.post(f"/sandbox/messages/{attempt}/events", data={"type": "repeat"})).status_code == 422
    async with begin.across() as tx:
        await tx.raw.execute(
            "UPDATE sandbox_callbacks SET posted_at = now(), due_at = NULL, answer = '200' WHERE word = 'accepted'"
        )
    assert (await client.post(f"/sandbox/messages/{attempt}/events", data={"type": "repeat"})).status_code == 202
    assert "callback to be repeated" in (await client.get(f"/sandbox/{attempt}")).text


@pytest.mark.parametrize(
    ("act", "request_"),
    [
        ("replies", {"data": {"text": ""}}),
        ("replies", {"data": {"text": "x" * 1601}}),
        ("replies", {"data": {"text": "x" * 20_000}}),
        ("replies", {"data": {}}),
        ("replies", {"json": []}),
        ("replies", {"json": {"text": 7}}),
        ("replies", {"content": b"{", "headers": {"content-type": "application/json"}}),
        ("replies", {"content": b"[" * 10_000, "headers": {"content-type": "application/json"}}),
        ("replies", {"content": b"text=\xff"}),
        ("events", {"data": {"type": "delivered"}}),
        ("events", {"data": {}}),
        ("events", {"data": {"type": "hard_bounce"}, "headers": {"sec-fetch-site": "cross-site"}}),
        ("replies", {"data": {"text": "STOP"}, "headers": {"sec-fetch-site": "same-site"}}),
    ],
)
async def test_what_makes_no_sense_or_comes_from_another_site_is_refused(client, sent, act, request_):
    attempt = await sent()
    answer = await client.post(f"/sandbox/messages/{attempt}/{act}", **request_)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert len((await client.get(f"/sandbox/messages/{attempt}")).json()["callbacks"]) == 3


async def test_an_sms_cannot_be_called_spam(client, sent):
    answer = await client.post(f"/sandbox/messages/{await sent('+15005550101')}/events", data={"type": "spam_report"})
    assert answer.status_code == 422


async def test_a_message_that_was_refused_offers_no_acts(client, sent):
    page = await client.get(f"/sandbox/{await sent('+15005550103')}")
    assert "This number cannot be reached" in page.text
    assert "Act as the customer" not in page.text
