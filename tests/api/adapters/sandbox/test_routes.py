"""The inbox page and its JSON, without a browser."""

import re

import pytest

from tidings.delivery.ports import Attachment, Content
from tidings.kit.ids import new_id, wire


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


@pytest.mark.parametrize("unknown", ["att_" + "1" * 32, "att_1", "ord_" + "0" * 32, "favicon.ico"])
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


async def test_what_came_along_is_listed_and_can_be_kept(client, sent):
    attached = (Attachment("INV-1.pdf", "application/pdf", b"%PDF-1.7 \x00"),)
    message_id = await sent("ada@example.com", attachments=attached)
    told = (await client.get(f"/sandbox/messages/{message_id}")).json()["attachments"]
    assert [(each["name"], each["media_type"], each["size"]) for each in told] == [("INV-1.pdf", "application/pdf", 10)]
    file = await client.get(told[0]["url"])
    assert (file.status_code, file.content) == (200, attached[0].content)
    assert file.headers["content-disposition"] == 'attachment; filename="INV-1.pdf"'
    assert told[0]["url"] in (await client.get(f"/sandbox/{message_id}")).text


@pytest.mark.parametrize("path", ["att_1/attachments/0", f"att_{0:032x}/attachments/0"])
async def test_what_did_not_come_is_not_there(client, path):
    assert (await client.get(f"/sandbox/{path}")).status_code == 404
