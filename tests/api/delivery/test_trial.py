"""A test of a version: to whom it may go, through what, and what the trail says of it."""

import hashlib
import html

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.shop import Shop
from tests.fixtures.steps import did
from tests.fixtures.templates import ANNA, EMAIL, NO_TEMPLATE, drafted, kind_of, records_of, step
from tidings.adapters.sandbox.provider import new_signing_secret
from tidings.delivery.guard import Guard, Passed, Stopped
from tidings.delivery.trial import BANNER
from tidings.kit.db import Begin

TO = "delivered@sandbox.test"


async def connect(api: httpx.AsyncClient, channel: str = "email", name: str = "trials") -> None:
    body = {
        "name": name, "channel": channel, "provider": "sandbox", "secrets": {"signing_secret": new_signing_secret()},
    }  # fmt: skip
    await did(await api.post("/v1/connections", json=body))


async def sent(api: httpx.AsyncClient, version: dict[str, str], **body: str) -> httpx.Response:
    return await step(api, version, "tests", ANNA, **({"channel": "email", "locale": "de", "to": TO} | body))


async def inbox(begin: Begin) -> list[dict[str, str]]:
    async with begin.across() as tx:
        return [dict(row) for row in await tx.raw.fetch("SELECT * FROM sandbox_messages ORDER BY attempt_id")]


async def test_a_draft_is_sent_marked_as_a_test_and_is_on_record_without_its_words(
    api: httpx.AsyncClient, begin: Begin
) -> None:
    await connect(api)
    draft = await drafted(api)
    answer = await sent(api, draft)
    told = answer.json()
    assert (answer.status_code, told["connection"], told["provider"]) == (202, "trials", "sandbox")
    (arrived,) = await inbox(begin)
    assert (arrived["recipient"], arrived["subject"]) == (TO, "Hooray, order #W-10045")
    assert BANNER in arrived["text"]
    assert BANNER in html.unescape(arrived["html"])
    whole = "\n".join([arrived["subject"], arrived["text"], arrived["html"]])
    assert told["sha256"] == hashlib.sha256(whole.encode()).hexdigest()
    begun, ended = (await records_of(api, draft))[1:]
    assert (begun["kind"], begun["actor"]) == ("template.tested", "staff/anna")
    assert (begun["data"]["sha256"], begun["data"]["attempt"]) == (told["sha256"], told["id"])
    assert (ended["kind"], ended["data"]["outcome"]) == ("template.test_ended", "accepted")
    assert TO not in str((begun, ended))
    # About no order: nobody's messages and clocks know of it.
    assert (await did(await api.get("/v1/messages")))["items"] == []


async def test_a_test_with_the_same_key_is_sent_once(api: httpx.AsyncClient, begin: Begin) -> None:
    await connect(api)
    draft = await drafted(api)
    path, body = f"/v1/templates/{draft['id']}/tests", {"channel": "email", "to": TO}
    answers = [await api.post(path, json=body, headers={"Idempotency-Key": "x-1"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(await inbox(begin)) == 1


async def test_it_goes_through_the_connection_that_is_named_or_not_at_all(api: httpx.AsyncClient, begin: Begin) -> None:
    draft = await drafted(api)
    assert kind_of(await sent(api, draft)) == (409, "no-connection")
    await connect(api)
    await connect(api, name="second")
    assert (await did(await sent(api, draft, connection="second")))["connection"] == "second"
    assert kind_of(await sent(api, draft, connection="third")) == (409, "no-connection")
    assert kind_of(await sent(api, draft, channel="sms", to="+4930901820")) == (409, "no-connection")
    assert len(await inbox(begin)) == 1


async def test_what_a_provider_refuses_is_on_record(api: httpx.AsyncClient) -> None:
    await connect(api, "sms")
    draft = await drafted(api)
    await did(await sent(api, draft, channel="sms", to="+15005550103"))
    assert (await records_of(api, draft))[-1]["data"]["outcome"] == "permanent"


async def test_in_live_mode_tests_go_to_the_shops_own_people_and_to_nobody_else(live_api: httpx.AsyncClient) -> None:
    draft = await drafted(live_api)
    for to in ("customer@example.com", "stranger@gmail.com"):
        assert kind_of(await sent(live_api, draft, to=to)) == (403, "recipient-not-allowed")
    policy = {"desk": {"email": "desk@shop.example", "delegate_email": "ben@müller.example"}}
    await did(await live_api.patch("/v1/policy", json=policy))
    # Allowed, and there is nothing to send it through.
    for to in ("Desk@shop.example", "ben@müller.example", "ben@xn--mller-kva.example"):
        assert kind_of(await sent(live_api, draft, to=to)) == (409, "no-connection")


@pytest.mark.parametrize("phone", ["+4930901820", "+49 30 901820", "+49 (0)30 / 90 18-20"])
async def test_the_shops_own_number_is_its_own_however_it_is_written(live_api: httpx.AsyncClient, phone: str) -> None:
    draft = await drafted(live_api)
    await did(await live_api.patch("/v1/storefront", json={"contact": {"phone": phone}}))
    assert kind_of(await sent(live_api, draft, channel="sms", to="+49 30 901820")) == (409, "no-connection")
    assert kind_of(await sent(live_api, draft, channel="sms", to="+49 30 901821")) == (403, "recipient-not-allowed")


async def test_an_address_that_is_none_is_refused(api: httpx.AsyncClient) -> None:
    answer = await sent(api, await drafted(api), to="nobody")
    assert (kind_of(answer), answer.json()["errors"][0]["pointer"]) == ((422, "invalid-input"), "/to")


async def test_what_cannot_be_rendered_is_not_sent(api: httpx.AsyncClient, begin: Begin, shop: Shop) -> None:
    await connect(api)
    draft = await drafted(api, {"de": {"email": EMAIL | {"heading": "{{ nobody }}"}}})
    assert kind_of(await sent(api, draft)) == (422, "template-unrenderable")
    assert kind_of(await sent(api, {"id": NO_TEMPLATE})) == (404, "not-found")
    assert await inbox(begin) == []


async def test_what_a_provider_cannot_be_given_is_not_sent(
    api: httpx.AsyncClient, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise UnicodeEncodeError("ascii", "anna@müller.example", 6, 7, "ordinal not in range(128)")

    monkeypatch.setattr("tidings.delivery.try_template.content_of", fails)
    await connect(api)
    answer = await sent(api, draft := await drafted(api))
    assert kind_of(answer) == (422, "template-unrenderable")
    assert answer.json()["detail"].startswith("The message cannot be made: UnicodeEncodeError in try_template.py, line")
    assert answer.json()["where"] == "order_confirmation/de [email]"
    assert "anna" not in answer.text
    assert await inbox(begin) == []
    assert [each["kind"] for each in await records_of(api, draft)] == ["template.drafted"]


@pytest.fixture
def guarded(app: FastAPI):
    """A deployment that redirects, as copies of production do."""
    runtime = app.state.runtime
    before = runtime.settings
    guard = before.guard.model_copy(update={"allow": ("@sandbox.test",)})
    runtime.settings = before.model_copy(update={"guard": guard})
    yield
    runtime.settings = before


async def test_a_deployments_allow_list_holds_for_tests_too(
    guarded: None, api: httpx.AsyncClient, begin: Begin
) -> None:
    await connect(api)
    draft = await drafted(api)
    assert kind_of(await sent(api, draft, to="ada@example.com")) == (403, "recipient-not-allowed")
    await did(await sent(api, draft))
    assert [each["recipient"] for each in await inbox(begin)] == [TO]


def test_a_guard_tells_whom_its_list_names() -> None:
    guard = Guard(allow=("@shop.example", "+49", "ada@example.com"))
    assert [guard.names(to) for to in ("x@shop.example", "+4930", "ADA@example.com", "b@example.com")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert not Guard().names("ada@example.com")
    assert guard.judge("email", "b@example.com") == Stopped()
    assert guard.judge("email", "x@shop.example") == Passed("x@shop.example")
