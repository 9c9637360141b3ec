"""How long what is kept, over HTTP."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.fixtures.shop import Shop
from tests.fixtures.steps import did
from tidings.kit.db import Begin
from tidings.retention.map import SLICES
from tidings.retention.run import run_retention


async def terms(api: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {term["kind"]: term for term in (await did(await api.get("/v1/retention")))["terms"]}


async def test_a_shop_sees_how_long_what_is_kept_and_why(api: httpx.AsyncClient) -> None:
    found = await terms(api)
    assert (found["communications"]["least"], found["documents"]["months"]) == (12, 96)
    assert "§ 147" in found["documents"]["why"]
    await did(await api.patch("/v1/policy", json={"retention": {"communications_months": 48, "content_months": 12}}))
    found = await terms(api)
    assert (found["communications"]["months"], found["content"]["months"]) == (48, 12)


async def test_an_invoice_of_the_new_years_night_is_of_the_year_that_its_shop_numbers_it_in(
    api: httpx.AsyncClient,
) -> None:
    """In Berlin the year is an hour older than in Greenwich, and so are the last invoices that may go."""
    before = datetime.fromisoformat((await terms(api))["documents"]["before"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert (before.month, before.day, before.hour) == (1, 1, 0)


@pytest.mark.parametrize(
    ("kind", "months", "least"),
    [("communications", 11, 12), ("content", 11, 12), ("records", 11, 12), ("orders", 1, 12), ("documents", 95, 96)],
)
async def test_nothing_is_kept_shorter_than_it_must_be(
    api: httpx.AsyncClient, kind: str, months: int, least: int
) -> None:
    short = {f"{kind}_months": months} | ({"content_months": months} if kind == "communications" else {})
    answer = await api.patch("/v1/policy", json={"retention": short})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tidings:problem:retention-too-short")
    assert {"kind": kind, "months": months, "least": least}.items() <= answer.json()["too_short"][0].items()
    whole = await api.patch("/v1/storefront", json={"policy": {"retention": short}})
    assert whole.json()["type"] == "urn:tidings:problem:retention-too-short"


async def test_content_does_not_outlive_the_message(api: httpx.AsyncClient) -> None:
    answer = await api.patch("/v1/policy", json={"retention": {"communications_months": 12, "content_months": 13}})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tidings:problem:invalid-input")


async def test_a_round_is_told_of(api: httpx.AsyncClient, keeper: Begin, shop: Shop, clock: Any) -> None:
    assert (await did(await api.get("/v1/retention/rounds")))["items"] == []
    await run_retention(keeper, shop.scope, SLICES, actor="tests", now=clock.now())
    (told,) = (await did(await api.get("/v1/retention/rounds")))["items"]
    assert (told["started_by"], told["finished_at"] is not None) == ("tests", True)
