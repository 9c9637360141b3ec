"""The inbox page in a real browser, on a real server."""

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Error, async_playwright, expect

from tests.db.adapters.sandbox.play import connection, outgoing, receiving
from tidings.adapters.http import Http
from tidings.adapters.sandbox.callbacks import run_callbacks
from tidings.adapters.sandbox.fates import Pace
from tidings.adapters.sandbox.routes import inbox_router
from tidings.adapters.sandbox.take import Arrival, take
from tidings.api import problems
from tidings.delivery.ports import Content
from tidings.kit.clock import SystemClock

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-proxy-server"]
PACE = Pace(timedelta(milliseconds=100), timedelta(seconds=9))
NASTY = """<!doctype html><body><h1>Thank you</h1><p id=p>as sent</p>
<script>document.getElementById('p').textContent = 'changed'; parent.document.title = 'taken over'</script></body>"""


@pytest.fixture
async def site(worker_begin):
    """The page on a port of its own."""
    app = FastAPI()
    problems.install(app)
    app.router.routes.extend(inbox_router(worker_begin, SystemClock()).routes)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listening]))
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        try:
            made = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            pytest.fail(f"the tests of pages need a browser: apt-get install chromium\n{error}")
        yield made
        await made.close()


@asynccontextmanager
async def opened(browser, url, **options):
    """A page, and what its console complained of."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    page.complaints = []
    page.on("console", lambda line: page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    await page.goto(url)
    yield page
    await context.close()


@pytest.fixture
def sent(worker_begin, shop):
    async def sent(to="ada@example.com", **changes):
        clock = SystemClock()
        message = outgoing(clock, to, **changes)
        async with worker_begin.across() as tx:
            arrival = Arrival(message, connection(shop.scope, message.channel))
            await take(tx, arrival, now=clock.now(), pace=PACE)
        return message.attempt_id

    return sent


async def test_a_message_that_comes_is_shown_without_reloading(browser, site, sent):
    async with opened(browser, f"{site}/sandbox") as page:
        await expect(page.get_by_text("Nothing here yet")).to_be_visible()
        await sent("ada@example.com")
        await expect(page.get_by_role("link", name="ada@example.com")).to_be_visible()
        assert page.complaints == []


async def test_what_is_written_from_right_to_left_is_shown_so(browser, site, sent):
    content = Content(text="تم تسليم طلبكم W-1.", subject="تم تسليم طلبكم", html=None)
    by_sms = await sent("+201000000000", content=content, locale="ar")
    by_mail = await sent("ada@example.com", content=content, locale="ar")
    words = {f"{by_sms}": ".bubble", f"{by_mail}?view=text": "pre.words", f"{by_mail}": "h1"}
    for path, shown in words.items():
        async with opened(browser, f"{site}/sandbox/{path}") as page:
            await expect(page.locator(shown)).to_have_css("direction", "rtl")
    async with opened(browser, f"{site}/sandbox") as page:
        await expect(page.locator(".what b").first).to_have_css("direction", "rtl")


async def test_what_became_of_a_message_appears_as_its_callbacks_are_answered(browser, site, sent, worker_begin, shop):
    async def connection_of(_):
        return connection(shop.scope)

    async with receiving() as receiver, Http() as http, asyncio.TaskGroup() as tasks:
        attempt = await sent("complaint@sandbox.test", callback_url=receiver.url)
        async with opened(browser, f"{site}/sandbox/{attempt}") as page:
            posting = tasks.create_task(run_callbacks(worker_begin, http, connection_of, SystemClock()))
            await expect(page.locator("#story .badge")).to_have_text("called spam")
            await expect(page.locator("#story li")).to_have_count(4)
            await page.get_by_label("Reply").fill("When will it come?")
            await page.get_by_role("button", name="Send reply").click()
            await expect(page.locator("#story q")).to_have_text("When will it come?")
            await receiver.heard(5)
            posting.cancel()
    assert receiver.events()[-1].text == "When will it come?"


@pytest.mark.parametrize("scripts", [True, False])
async def test_everything_can_be_done_with_and_without_scripts(browser, site, sent, scripts):
    await sent("+15005550101", content=Content("Your order has been dispatched.", extras={"segments": 1}))
    async with opened(browser, f"{site}/sandbox", java_script_enabled=scripts) as page:
        await page.get_by_role("link", name="SMS", exact=True).click()
        await page.get_by_role("link", name="+15005550101").click()
        await expect(page.locator(".bubble")).to_have_text("Your order has been dispatched.")
        await expect(page.get_by_text("1 segment")).to_be_visible()
        await page.get_by_role("button", name="Reply STOP").click()
        await expect(page.locator("#story q")).to_have_text("STOP")
        await page.get_by_role("button", name="Bounce it now").click()
        await expect(page.locator("#story li", has_text="bounced")).to_have_count(1)
        await page.get_by_role("link", name="All messages").click()
        await page.get_by_label("Recipient", exact=True).fill("nobody")
        await page.get_by_role("button", name="Filter").click()
        await expect(page.get_by_text("No message like that")).to_be_visible()


async def test_a_mail_runs_no_scripts_and_takes_nothing_over(browser, site, sent):
    attempt = await sent(content=Content("as sent", "Thank you", NASTY))
    async with opened(browser, f"{site}/sandbox/{attempt}") as page:
        await expect(page.frame_locator("iframe").locator("#p")).to_have_text("as sent")
        assert "taken over" not in await page.title()
    async with opened(browser, f"{site}/sandbox/{attempt}/html") as page:
        await expect(page.locator("#p")).to_have_text("as sent")


async def test_a_mails_styles_are_kept(browser, site, sent):
    html = '<style>h1{color:#0a6640}</style><h1>Thank you</h1><p style="color:#0a6640">as sent</p>'
    attempt = await sent(content=Content("as sent", "Thank you", html))
    async with opened(browser, f"{site}/sandbox/{attempt}") as page:
        for part in ("h1", "p"):
            await expect(page.frame_locator("iframe").locator(part)).to_have_css("color", "rgb(10, 102, 64)")
        assert page.complaints == []


@pytest.mark.parametrize("view", ["html", "text", "raw"])
async def test_nothing_is_wider_than_a_phone(browser, site, sent, view):
    attempt = await sent(
        f"{'very-long-' * 6}name@example.com", content=Content("word" * 100, "Subject" * 20, "<p>Hello</p>")
    )
    for path in ("/sandbox", f"/sandbox/{attempt}?view={view}", "/sandbox?to=nobody"):
        async with opened(browser, site + path, viewport={"width": 360, "height": 700}, color_scheme="dark") as page:
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, path


async def test_the_empty_inbox_fits_a_phone_and_has_a_dark_side(browser, site):
    async with opened(browser, f"{site}/sandbox", viewport={"width": 360, "height": 700}, color_scheme="dark") as page:
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        await expect(page.locator("body")).to_have_css("background-color", "rgb(18, 21, 27)")


async def test_a_reply_that_is_being_written_is_not_lost_when_the_page_refreshes(browser, site, sent):
    attempt = await sent()
    async with opened(browser, f"{site}/sandbox/{attempt}") as page:
        await page.get_by_label("Reply").fill("half a sen")
        async with page.expect_response(lambda answer: answer.url.endswith(attempt)):
            pass
        await page.wait_for_timeout(200)
        await expect(page.get_by_label("Reply")).to_have_value("half a sen")
