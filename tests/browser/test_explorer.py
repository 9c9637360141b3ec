"""The explorer in a real browser: an example is pasted in by itself, and works."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Error, Page, async_playwright, expect

from tests.fixtures.shop import Shop
from tidings.api.tags import TAGS

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-proxy-server"]


@pytest.fixture
async def site(app: FastAPI) -> AsyncIterator[str]:
    """The whole application on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve([listening]))
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        try:
            made = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            pytest.fail(f"the tests of pages need a browser: apt-get install chromium\n{error}")
        yield made
        await made.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of whose console and requests nothing bad is heard; nothing is asked of any other computer."""
    made = await browser.new_page(viewport={"width": 1280, "height": 1000})
    complaints: list[str] = []
    asked: list[str] = []
    made.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("request", lambda request: asked.append(request.url))
    yield made
    assert not complaints
    assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))]


async def test_an_order_is_placed_by_pressing_execute(page: Page, site: str, shop: Shop) -> None:
    await page.goto(f"{site}/docs")
    await page.get_by_role("button", name="Authorize").click()
    await page.get_by_label("auth-bearer-value").fill(shop.test_key)
    await page.get_by_role("button", name="Apply credentials").click()
    await page.get_by_role("button", name="Close", exact=True).click()
    place = page.locator("#operations-orders-orders_place")
    await place.locator(".opblock-summary-control").click()
    await place.get_by_role("button", name="Execute").click()
    answer = place.locator(".live-responses-table .response")
    await expect(answer.locator(".response-col_status").first).to_contain_text("201")
    await expect(answer.locator(".response-col_description").first).to_contain_text("ord_")


async def test_every_chapter_is_shown_in_the_order_of_the_procedure(page: Page, site: str) -> None:
    await page.goto(f"{site}/docs")
    chapters = page.locator(".opblock-tag")
    await expect(chapters.first).to_contain_text("orders")
    await expect(chapters.nth(1)).to_contain_text("verification")
    # What is out of sight is not drawn, there is so much of it; the filter brings each to the top.
    for tag in TAGS:
        await page.get_by_placeholder("Filter by tag or path").fill(tag["name"])
        await expect(page.locator(f"#operations-tag-{tag['name']}")).to_be_visible()
