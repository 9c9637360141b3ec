"""Callbacks over HTTP: signed, forged, replayed, garbage, too large, for nobody."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.fixtures.provider import ANOTHER, SECRET, Provider
from tidings.adapters.sandbox.wire import body_of, delivery_id, signed_headers
from tidings.bootstrap import Runtime
from tidings.delivery.receive import AttemptRef
from tidings.kit.ids import new_id, wire


async def kept(provider: Provider) -> int:
    return int(await provider.mailroom.value("SELECT count(*) FROM inbox"))


async def test_a_signed_callback_is_committed_and_answered(provider: Provider, api: httpx.AsyncClient) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    answer = await provider.post(provider.callback(attempt, "sent"), provider.callback(attempt, "delivered"))
    assert (answer.status_code, answer.content) == (200, b"")
    told = (await api.get(f"/v1/messages/{wire('msg', attempt.message_id)}")).json()
    assert told["status"] == "delivered"
    assert [one["status"] for one in told["attempts"][0]["receipts"]] == ["sent", "delivered"]


async def test_a_repeated_callback_is_answered_the_same_and_changes_nothing(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    callback = provider.callback(attempt, "delivered")
    answers = await asyncio.gather(*(provider.post(callback) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert await provider.mailroom.value("SELECT count(*) FROM receipts") == 1


async def test_a_forged_callback_is_refused_and_nothing_is_stored(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    answer = await provider.post(provider.callback(attempt, "delivered"), secret=ANOTHER)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:tidings:problem:callback-not-signed"
    assert await kept(provider) == 0
    assert (await provider.mailroom.message(attempt.message_id)).status == "sent"


async def test_an_old_callback_replayed_by_a_stranger_is_refused(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    callbacks = [provider.callback(attempt, "delivered")]
    headers = signed_headers(delivery_id(callbacks), body_of(callbacks), SECRET, provider.mailroom.clock.now())
    provider.mailroom.clock.advance(timedelta(hours=1))
    answer = await provider.client.post(provider.url, content=body_of(callbacks), headers=headers)
    assert answer.status_code == 403
    assert await kept(provider) == 0


@pytest.mark.parametrize(
    ("change", "value"), [("webhook-signature", None), ("webhook-signature", "v1,AAAA"), ("webhook-timestamp", "soon")]
)
async def test_without_a_sound_signature_nothing_is_taken(provider: Provider, change: str, value: str | None) -> None:
    body = b"[]"
    headers = signed_headers("id", body, SECRET, provider.mailroom.clock.now())
    headers = {name: text for name, text in (headers | {change: value}).items() if text is not None}
    assert (await provider.client.post(provider.url, content=body, headers=headers)).status_code == 403


@pytest.mark.parametrize("body", [b"null", b"7", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000, b""])
async def test_a_signed_body_that_makes_no_sense_is_refused_as_such(provider: Provider, body: bytes) -> None:
    answer = await provider.raw(body)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:tidings:problem:callback-unreadable"
    assert await kept(provider) == 0


async def test_an_empty_batch_is_well(provider: Provider) -> None:
    assert (await provider.raw(b"[]")).status_code == 200


async def test_a_malformed_event_in_a_batch_does_not_spoil_the_others(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    good = json.loads(body_of([provider.callback(attempt, "delivered")]))
    odd = [None, 7, [], {}, {"id": "\x00", "type": "sent", "attempt_id": 3}, {"type": ["a"], "at": "noon"}]
    answer = await provider.raw(json.dumps([*odd, good, *odd]).encode())
    assert answer.status_code == 200
    assert (await provider.mailroom.message(attempt.message_id)).status == "delivered"


async def test_an_unknown_word_is_kept_and_answered_well(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    event = json.loads(body_of([provider.callback(attempt, "delivered")])) | {"type": "teleported"}
    assert (await provider.raw(json.dumps(event).encode())).status_code == 200
    assert await provider.mailroom.value("SELECT event->>'provider_status' FROM inbox") == "teleported"


async def test_a_receipt_of_an_unknown_message_is_kept_to_be_matched_later(provider: Provider) -> None:
    unknown = AttemptRef(new_id(), new_id(), new_id(), new_id())
    assert (await provider.post(provider.callback(unknown, "delivered"))).status_code == 200
    assert await provider.mailroom.value("SELECT applied_at FROM inbox") is None


async def test_a_body_over_the_providers_limit_is_refused(provider: Provider) -> None:
    answer = await provider.raw(b" " * 1_048_577)
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 1_048_576)
    assert answer.json()["type"] == "urn:tidings:problem:callback-too-large"


async def test_a_large_body_is_verified_beside_the_loop_all_the_same(provider: Provider) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    callbacks = [provider.callback(attempt, "sent") for _ in range(300)]
    assert (await provider.post(*callbacks)).status_code == 200
    assert await kept(provider) == 300


@pytest.mark.parametrize("name", ["con_" + "0" * 32, "con_nonsense", "%2e%2e"])
async def test_a_callback_to_no_connection_is_not_found(provider: Provider, name: str) -> None:
    assert (await provider.client.post(f"/v1/callbacks/{name}", content=b"[]")).status_code == 404


async def test_a_provider_that_never_calls_back_is_not_found(provider: Provider) -> None:
    silent = await provider.mailroom.connect("push", provider="fcm", secrets=b"")
    async with provider.mailroom.begin.across() as tx:
        await tx.raw.execute(
            "UPDATE connections SET secrets = (SELECT secrets FROM connections WHERE id = $1) WHERE id = $2",
            provider.origin.connection_id,
            silent.connection_id,
        )
    answer = await provider.client.post(f"/v1/callbacks/{wire('con', silent.connection_id)}", content=b"[]")
    assert answer.status_code == 404


async def test_a_connection_whose_secrets_cannot_be_opened_is_our_trouble(provider: Provider) -> None:
    async with provider.mailroom.begin.across() as tx:
        await tx.raw.execute("UPDATE connections SET secrets = 'gAAAAA nonsense'")
    answer = await provider.raw(b"[]")
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:tidings:problem:vault-closed"


async def test_while_the_database_is_away_the_provider_is_asked_to_come_again(
    provider: Provider, api_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(connection_id: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(api_runtime), "connection", lambda self, connection_id: away(connection_id))
    answer = await provider.raw(b"[]")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers


async def test_a_reader_that_fails_lets_nobody_in(
    provider: Provider, api_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = api_runtime.registry.reader("email", "sandbox")

    def broken(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(reader, "verify", broken, raising=False)
    assert (await provider.raw(b"[]")).status_code == 403


async def test_the_address_that_was_signed_is_the_public_one_whatever_the_host_header_says(
    provider: Provider, api_runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    reader = api_runtime.registry.reader("email", "sandbox")

    def looking(posted: Any, *_: object) -> bool:
        seen.append(posted.url)
        return True

    monkeypatch.setattr(reader, "verify", looking, raising=False)
    await provider.client.post(
        f"{provider.url}?a=%2Fb%20c&d=", content=b"[]", headers={"host": "evil.example", "x-forwarded-host": "evil"}
    )
    assert seen == [f"https://tidings.test{provider.url}?a=%2Fb%20c&d="]


async def test_no_api_key_is_needed_and_one_does_not_replace_the_signature(
    provider: Provider, api: httpx.AsyncClient
) -> None:
    assert (await api.post(provider.url, json=[])).status_code == 403


async def test_a_reply_opts_out_through_the_whole_way(provider: Provider, api: httpx.AsyncClient) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    await provider.post(provider.callback(attempt, "opt_out", text="STOP"))
    told = (await api.get(f"/v1/messages/{wire('msg', attempt.message_id)}")).json()
    assert told["opted_out_at"] is not None
    listed = (await api.get("/v1/suppressions")).json()["items"]
    assert {(one["channel"], one["address"], one["reason"]) for one in listed} == {
        ("email", "delivered@sandbox.test", "opt_out"),
        ("email", "ada@example.com", "opt_out"),
    }


async def test_what_is_done_with_callbacks_is_counted(provider: Provider, api_runtime: Runtime) -> None:
    attempt = await provider.mailroom.sent(provider.origin)
    callback = provider.callback(attempt, "delivered")
    await provider.post(callback)
    await provider.post(callback)
    await provider.raw(b"null")
    await provider.client.post(provider.url, content=b"[]")
    value = api_runtime.metrics.registry.get_sample_value
    for outcome in ("stored", "repeated", "refused", "unreadable"):
        assert value("tidings_callbacks_total", {"provider": "sandbox", "outcome": outcome}) == 1
    labels = {"channel": "email", "provider": "sandbox", "status": "delivered"}
    assert value("tidings_receipts_total", labels) == 1
