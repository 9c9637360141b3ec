"""Heads, proofs and verification over HTTP."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx

from tests.fixtures.api import Clients
from tests.fixtures.sealed import Trail
from tests.fixtures.shop import Shop
from tidings.cli.embedded.postgres import Postgres
from tidings.kit.ids import new_id, wire
from tidings.records import check_record

PATH = "/v1/records"


async def test_records_tell_their_number_and_place_once_they_are_sealed(api: httpx.AsyncClient, trail: Trail) -> None:
    await trail.write(4)
    items = (await api.get(PATH)).json()["items"]
    assert [(item["number"], item["position"]) for item in items] == [(None, None)] * 4
    await trail.seal()
    items = (await api.get(PATH)).json()["items"]
    assert [(item["number"], item["position"]) for item in items] == [(1, 0), (1, 1), (1, 2), (2, 3), (1, 4)]


async def test_heads_and_keys_are_public_to_auditors(api: httpx.AsyncClient, trail: Trail) -> None:
    await trail.write(5)
    await trail.seal(batch=2)
    first = await api.get(f"{PATH}/heads", params={"limit": 2})
    rest = await api.get(f"{PATH}/heads", params={"cursor": first.json()["next_cursor"]})
    heads = [*first.json()["items"], *rest.json()["items"]]
    assert [each["head"]["sequence"] for each in heads] == list(range(1, len(heads) + 1))
    (key,) = (await api.get(f"{PATH}/keys")).json()["items"]
    assert (key["public_key"], key["replaces"], key["endorsed"]) == (heads[0]["public_key"], None, False)


async def test_a_proof_is_checked_by_the_script_alone(api: httpx.AsyncClient, trail: Trail, tmp_path: Path) -> None:
    await trail.write_at_once(300)
    await trail.seal(batch=100)
    items = (await api.get(PATH, params={"limit": 200})).json()["items"]
    heads = (await api.get(f"{PATH}/heads")).json()["items"]
    answers = [
        await api.get(f"{PATH}/{items[77]['id']}/proof"),
        await api.get(f"{PATH}/consistency", params={"first": 1, "second": len(heads)}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        file = tmp_path / "proof.json"
        file.write_bytes(answer.content)
        command = [sys.executable, "-I", check_record.__file__, str(file), heads[0]["public_key"]]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert (done.returncode, "PROVED" in done.stdout) == (0, True), done.stderr
        if "record" in answer.json():
            record = json.loads(answer.json()["record"])
            assert (record["id"], json.loads(record["data"])) == (items[77]["id"], items[77]["data"])
            assert len(answer.json()["path"]) <= 9


async def test_what_cannot_be_proved_is_refused_with_its_reason(
    api: httpx.AsyncClient, stranger: httpx.AsyncClient, trail: Trail
) -> None:
    await trail.write(1)
    waiting = (await api.get(PATH)).json()["items"][0]["id"]
    answer = await api.get(f"{PATH}/{waiting}/proof")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:tidings:problem:record-not-sealed")
    assert answer.headers["retry-after"] == "5"
    for unknown in (wire("rec", new_id()), "nonsense"):
        assert (await api.get(f"{PATH}/{unknown}/proof")).status_code == 404
    await trail.seal()
    assert (await stranger.get(f"{PATH}/{waiting}/proof")).status_code == 404
    answer = await api.get(f"{PATH}/consistency", params={"first": 1, "second": 99})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tidings:problem:head-not-known")


async def test_a_verification_agrees_with_the_heads_that_are_held(api: httpx.AsyncClient, trail: Trail) -> None:
    await trail.write(9)
    await trail.seal(batch=3)
    heads = (await api.get(f"{PATH}/heads")).json()["items"]
    answer = await api.post(f"{PATH}/verification", json={"heads": heads}, headers={"Idempotency-Key": "verify-1"})
    told = answer.json()
    assert (answer.status_code, told["whole"], told["size"], told["faults"]) == (200, True, 10, [])
    assert told["head"] == heads[-1]
    again = await api.post(f"{PATH}/verification", json={"heads": heads}, headers={"Idempotency-Key": "verify-1"})
    assert (again.json(), again.headers["idempotency-replayed"]) == (told, "true")


async def test_a_verification_names_the_record_that_was_tampered_with(
    api: httpx.AsyncClient, trail: Trail, postgres: Postgres, database: str
) -> None:
    await trail.write(6)
    await trail.seal()
    item = (await api.get(PATH)).json()["items"][4]
    superuser = await asyncpg.connect(
        postgres.url("postgres", database), server_settings={"session_replication_role": "replica"}
    )
    await superuser.execute(
        "UPDATE records SET actor = 'staff/eve' WHERE 'rec_' || replace(id::text, '-', '') = $1", item["id"]
    )
    await superuser.close()
    told = (await api.post(f"{PATH}/verification", json={})).json()
    (fault,) = told["faults"]
    assert (told["whole"], told["counts"]) == (False, {"record_changed": 1})
    assert (fault["record_id"], fault["order_id"], fault["number"], fault["record_kind"]) == (
        item["id"], item["order_id"], item["number"], "thing.done",
    )  # fmt: skip


async def test_what_is_no_head_is_refused(api: httpx.AsyncClient, trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    (head, *_) = (await api.get(f"{PATH}/heads")).json()["items"]
    head["head"]["root"] = "not hexadecimal"
    answer = await api.post(f"{PATH}/verification", json={"heads": [head]})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tidings:problem:not-a-signed-head")


async def test_proofs_are_for_operations_and_administrators(clients: Clients, shop: Shop, trail: Trail) -> None:
    await trail.write(1)
    await trail.seal()
    for scopes, status in ((("orders", "templates"), 403), (("operations",), 200), (("admin",), 200)):
        client = await clients.with_scopes(shop.scope, *scopes)
        for path in ("heads", "keys", "consistency?first=1&second=1"):
            assert (await client.get(f"{PATH}/{path}")).status_code == status
        assert (await client.post(f"{PATH}/verification", json={})).status_code == status
