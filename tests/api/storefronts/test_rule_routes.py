"""A shop's calendar and policy over HTTP, and the versions of both."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.fixtures.api import Clients
from tests.fixtures.shop import Shop
from tidings.kit.page import encode_cursor

CALENDAR, POLICY, VERSIONS = "/v1/calendar", "/v1/policy", "/v1/policy/versions"
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def test_a_calendar_is_changed_part_by_part(api: httpx.AsyncClient) -> None:
    first = await api.get(CALENDAR)
    assert first.json() == {
        "time_zone": "Europe/Berlin", "hours": {}, "holidays": None, "closures": [], "special_days": [],
    }  # fmt: skip
    changed = await api.patch(CALENDAR, json={"hours": WEEK}, headers={"If-Match": first.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    patch: dict[str, Any] = {
        "hours": {"sat": [["10:00", "14:00"]], "fri": None},
        "holidays": {"country": "DE", "region": "BE"},
        "special_days": [{"on": "2026-12-26", "openings": [["10:00", "12:00"]]}],
        "time_zone": "Europe/Vienna",
    }
    answer = (await api.patch(CALENDAR, json=patch)).json()
    assert sorted(answer["hours"]) == ["mon", "sat", "thu", "tue", "wed"]
    assert (answer["holidays"]["region"], answer["time_zone"]) == ("BE", "Europe/Vienna")
    taken_back = (await api.patch(CALENDAR, json={"holidays": None})).json()
    assert taken_back["holidays"] is None
    assert taken_back["special_days"] == answer["special_days"]
    # The same calendar, as part of the storefront.
    storefront = (await api.get("/v1/storefront")).json()
    assert storefront["calendar"]["hours"] == taken_back["hours"]


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"hours": {"mon": [["17:00", "09:00"]]}}, "/hours"),
        ({"hours": {"mon": []}}, "/hours"),
        ({"hours": {"sun": None}}, "/hours"),
        ({"hours": {"someday": []}}, "/hours/someday/[key]"),
        ({"time_zone": "Berlin"}, "/time_zone"),
        ({"holidays": {"country": "XX"}}, "/holidays/country"),
        ({"holidays": {"country": "DE", "region": "ZZ"}}, "/holidays"),
        ({"closures": [{"name": "x", "first": "2026-12-02", "last": "2026-12-01"}]}, "/closures/0"),
        ({"special_days": [{"on": "2026-02-29", "openings": []}]}, "/special_days/0/on"),
        ({"special_days": [{"on": "2026-12-01", "openings": [["9", "10"]]}]}, "/special_days/0/openings"),
        ({"special_days": [{"on": "2026-12-01", "openings": []}] * 2}, "/special_days"),
        ({"opens": "09:00"}, "/opens"),
    ],
)
async def test_a_calendar_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, patch: dict[str, Any], pointer: str
) -> None:
    answer = await api.patch(CALENDAR, json=patch)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("path", [CALENDAR, "/v1/storefront"])
async def test_a_shop_that_is_closed_for_a_year_would_never_keep_a_promise(api: httpx.AsyncClient, path: str) -> None:
    first = date.today() + timedelta(days=30)  # noqa: DTZ011 - the shop is in the same year wherever it stands
    closed = {"name": "gone", "first": str(first), "last": str(first + timedelta(days=500))}
    patch: dict[str, Any] = {"closures": [closed]}
    answer = await api.patch(path, json=patch if path == CALENDAR else {"calendar": patch})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"].startswith("does not open for a whole year")
    patch["special_days"] = [{"on": str(first + timedelta(days=200)), "openings": [["09:00", "10:00"]]}]
    answer = await api.patch(path, json=patch if path == CALENDAR else {"calendar": patch})
    assert answer.status_code == 200


async def test_to_close_the_only_days_that_have_hours_does_not_open_round_the_clock(api: httpx.AsyncClient) -> None:
    assert (await api.patch(CALENDAR, json={"hours": {"mon": WEEK["mon"]}})).status_code == 200
    answer = await api.patch(CALENDAR, json={"hours": {"mon": None}})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/hours"]
    assert (await api.patch(CALENDAR, json={"hours": {"mon": None, "tue": WEEK["tue"]}})).json()["hours"] == {
        "tue": WEEK["tue"]
    }
    assert (await api.patch(CALENDAR, json={"hours": None})).json()["hours"] == {}


async def test_a_policy_is_changed_part_by_part_and_the_whole_stays_sound(api: httpx.AsyncClient) -> None:
    before = (await api.get(POLICY)).json()
    assert before["documents"]["data_protection"]["title"] == "Data Protection and Retention Policy"
    answer = await api.patch(POLICY, json={"desk": {"owner": "staff/anna", "delegate": "staff/ben"}})
    assert answer.status_code == 200
    assert answer.json() == before | {"desk": before["desk"] | {"owner": "staff/anna", "delegate": "staff/ben"}}
    answer = await api.patch(POLICY, json={"desk": {"delegate": "staff/anna"}})
    assert answer.json()["errors"] == [{"pointer": "/desk/delegate", "detail": "the delegate is the owner"}]
    answer = await api.patch(POLICY, json={"desk": {"owner": None, "delegate": "staff/anna"}})
    assert (answer.json()["desk"]["owner"], answer.json()["desk"]["delegate"]) == (None, "staff/anna")


async def test_one_entry_of_a_part_is_taken_out_and_the_others_stay(api: httpx.AsyncClient) -> None:
    methods = {"cash_on_delivery": "agreed", "invoice": "agreed"}
    await api.patch(POLICY, json={"verification": {"payment_by_method": methods}})
    answer = await api.patch(POLICY, json={"verification": {"payment_by_method": {"invoice": None}}})
    assert answer.status_code == 200, answer.text
    assert answer.json()["verification"]["payment_by_method"] == {"cash_on_delivery": "agreed"}


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"verification": {"accuracy": "ledger"}}, "/verification/accuracy"),
        ({"changes": {"two_approvers_from": 0}}, "/changes/two_approvers_from"),
        (
            {"changes": {"contact": {"approval": "approver"}, "automatic_for_minutes": 5}},
            "/changes/automatic_for_minutes",
        ),
        ({"desk": {"owner_out": [{"first": "2026-12-01", "last": "2026-12-02"}]}}, "/desk/owner_out"),
        ({"not_told": ["order_confirmation"]}, "/not_told"),
        ({"not_told": ["deadline_missed"]}, "/not_told"),
        ({"issue_told_within_minutes": "30"}, "/issue_told_within_minutes"),
        ({"desk": {"boss": "staff/x"}}, "/desk/boss"),
        ({"documents": {"order_management": {"version": "2", "url": "ftp://x"}}}, "/documents/order_management/url"),
    ],
)
async def test_a_policy_that_contradicts_itself_is_refused_with_the_place(
    api: httpx.AsyncClient, patch: dict[str, Any], pointer: str
) -> None:
    answer = await api.patch(POLICY, json=patch)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:tidings:problem:invalid-input"
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert len((await api.get(VERSIONS)).json()["items"]) == 1


async def test_staff_can_be_written_to_at_addresses_only(api: httpx.AsyncClient) -> None:
    wrong = {"email": "anna@@shop", "delegate_email": "=?utf-8?q?a=0d=0aX=3a_1?=@shop.example"}
    answer = await api.patch(POLICY, json={"desk": wrong})
    assert answer.status_code == 422
    faults = {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}
    assert sorted(faults) == ["/desk/delegate_email", "/desk/email"]
    assert all(detail.startswith("is not an e-mail address: ") for detail in faults.values())
    answer = await api.patch("/v1/storefront", json={"policy": {"desk": wrong}})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [
        "/policy/desk/email",
        "/policy/desk/delegate_email",
    ]
    right = {"email": "anna@müller.example", "delegate_email": "ben@shop.test"}
    answer = await api.patch(POLICY, json={"desk": right})
    assert {name: answer.json()["desk"][name] for name in right} == right


@pytest.mark.parametrize(("path", "patch"), [(CALENDAR, {"hours": WEEK}), (POLICY, {"completes_after_days": 3})])
async def test_the_second_of_two_changes_is_told(api: httpx.AsyncClient, path: str, patch: dict[str, Any]) -> None:
    known = (await api.get(path)).headers["etag"]
    assert (await api.patch(path, json=patch, headers={"If-Match": known})).status_code == 200
    answer = await api.patch(path, json=patch, headers={"If-Match": known})
    assert answer.status_code == 412
    assert answer.json()["type"] == "urn:tidings:problem:precondition-failed"
    # What changes nothing makes no version.
    assert (await api.patch(path, json=patch)).headers["etag"] == '"2"'


async def test_the_versions_are_walked_newest_first_and_say_who_made_them(api: httpx.AsyncClient) -> None:
    await api.patch(CALENDAR, json={"hours": WEEK}, headers={"Tidings-Actor": "staff/ada"})
    for days in (1, 2):
        await api.patch(POLICY, json={"completes_after_days": days})
    await api.patch("/v1/storefront", json={"name": "Not a rule"})
    seen, url = [], f"{VERSIONS}?limit=2"
    while url:
        answer = await api.get(url)
        seen += answer.json()["items"]
        url = answer.links.get("next", {}).get("url", "")
    assert [each["version"] for each in seen] == [4, 3, 2, 1]
    assert (seen[-2]["changed_by"], seen[-2]["calendar"]["hours"]) == ("staff/ada", WEEK)
    assert seen[0]["policy"]["completes_after_days"] == 2
    forged = await api.get(VERSIONS, params={"cursor": encode_cursor(10**17)})
    assert len(forged.json()["items"]) == 4


async def test_rules_are_the_shops_own_and_for_administrators(
    clients: Clients, shop: Shop, stranger: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await api.patch(POLICY, json={"completes_after_days": 3})
    assert (await stranger.get(POLICY)).json()["completes_after_days"] is None
    assert [each["version"] for each in (await stranger.get(VERSIONS)).json()["items"]] == [1]
    client = await clients.with_scopes(shop.scope, "orders", "operations", "templates")
    for path in (CALENDAR, POLICY, VERSIONS):
        assert (await client.get(path)).status_code == 403
    for path in (CALENDAR, POLICY):
        assert (await client.patch(path, json={})).status_code == 403
