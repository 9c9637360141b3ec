"""Acting as the customer, over HTTP."""

from datetime import timedelta

import pytest


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
