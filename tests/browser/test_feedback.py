"""The feedback page in a real browser, on a real server: with and without scripts, from right to left, on a phone."""

import asyncio
import os
import re
import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Error, async_playwright, expect

from tidings.feedback.link import Followed
from tidings.feedback.wording import all_words

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-proxy-server"]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# Where pictures are kept for whoever wants to look at them; nowhere if it is not set.
PICTURES = os.environ.get("TIDINGS_TEST_PICTURES")


@pytest.fixture
async def site(app):
    """The application on a port of its own."""
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
async def opened(browser, url, *, size=PHONE, scripts=True):
    """A page, what its console complained of, and whom it asked for anything."""
    context = await browser.new_context(viewport=size, java_script_enabled=scripts)
    page = await context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda line: page.complaints.append(line.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    await page.goto(url)
    yield page
    await context.close()


@pytest.fixture
def link(site, mailroom, api_runtime):
    """The link that a customer of this language has."""

    async def link(locale="en"):
        message = await mailroom.owed(customer={"locale": locale})
        ends_at = mailroom.clock.now() + timedelta(days=30)
        token = api_runtime.feedback_links.token(Followed(mailroom.scope, message.id, "email"), ends_at=ends_at)
        return f"{site}/f/{token}"

    return link


async def pictured(page, name):
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def kept(mailroom):
    rows = await mailroom.fetch("SELECT rating, comment FROM feedback ORDER BY id")
    return [(row["rating"], row["comment"]) for row in rows]


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_order_is_rated_with_and_without_scripts(browser, link, mailroom, scripts):
    words, url = all_words()["en"], await link()
    async with opened(browser, url, scripts=scripts) as page:
        await page.get_by_role("radio", name=words["r4"], exact=True).check()
        await page.get_by_label(words["comment"]).fill("Thank you 😀")
        await page.get_by_role("button", name=words["send"]).click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(words["thanks"])
        await page.goto(url)
        await expect(page.get_by_role("heading", level=1)).to_have_text(words["already"])
        assert page.complaints == []
    assert await kept(mailroom) == [(4, "Thank you 😀")]


async def test_it_asks_nobody_else_for_anything(browser, link, site):
    url = await link()
    async with opened(browser, url) as page:
        assert [asked for asked in page.asked if not asked.startswith(site)] == []
        assert page.asked == [url]
        # The policy has let the page's own style in.
        color = await page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor")
        assert color == "rgb(10, 102, 64)"
        assert page.complaints == []


async def test_without_a_rating_the_fault_leads_to_the_first_choice(browser, link, mailroom):
    words = all_words()["en"]
    async with opened(browser, await link()) as page:
        await page.get_by_label(words["comment"]).fill("Kept as it is")
        await page.get_by_role("button", name=words["send"]).click()
        await expect(page.get_by_role("alert")).to_contain_text(words["missing"])
        await expect(page.get_by_label(words["comment"])).to_have_value("Kept as it is")
        await page.get_by_role("link", name=words["missing"]).click()
        await expect(page).to_have_url(re.compile(r"#r5$"))
        await pictured(page, "en-phone-fault")
    assert await kept(mailroom) == []


async def test_it_is_filled_in_by_keyboard_alone(browser, link, mailroom):
    async with opened(browser, await link()) as page:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.type("typed")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(all_words()["en"]["thanks"])
    assert await kept(mailroom) == [(3, "typed")]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", ["en", "ar", "ja", "de"])
async def test_it_fits_in_every_direction_and_on_every_screen(browser, link, locale, size):
    words = all_words()[locale]
    async with opened(browser, await link(locale), size=size) as page:
        root = page.locator("html")
        await expect(root).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
        await expect(root).to_have_attribute("lang", locale)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "nothing sticks out"
        # Fingers find every choice.
        boxes = [await choice.bounding_box() for choice in await page.locator("label.choice").all()]
        assert [box["height"] >= 44 for box in boxes] == [True] * 5
        radio, text = page.locator("#r5"), page.get_by_text(words["r5"], exact=True)
        is_left = (await radio.bounding_box())["x"] < (await text.bounding_box())["x"]
        assert is_left is (locale != "ar")
        await pictured(page, f"{locale}-{'phone' if size is PHONE else 'desktop'}")
        assert page.complaints == []


async def test_what_somebody_wrote_never_runs(browser, link, mailroom):
    words, hostile = (
        all_words()["en"],
        "</textarea><script>document.title='taken over'</script><img src=x onerror=alert(1)>",
    )
    async with opened(browser, await link()) as page:
        await page.get_by_label(words["comment"]).fill(hostile)
        await page.get_by_role("button", name=words["send"]).click()
        await expect(page.get_by_label(words["comment"])).to_have_value(hostile)
        assert "taken over" not in await page.title()
        assert await page.locator("img").count() == 0
