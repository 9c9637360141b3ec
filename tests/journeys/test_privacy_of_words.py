"""What people typed about her: it is told while it is kept, proved by her export, and gone when she is forgotten."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.fixtures.company import Company
from tests.fixtures.mailroom import Mailroom
from tests.fixtures.privacy import EMAIL, NAME, Left
from tests.fixtures.sealed import Trail
from tests.fixtures.steps import did
from tests.fixtures.typed import TYPED, typed
from tidings.records.digests import digest_of
from tidings.retention.request_erasure import MARGIN

pytestmark = pytest.mark.journeys


async def happened(company: Company, order_id: str) -> list[dict[str, Any]]:
    """The order's timeline."""
    return (await did(await company.api.get(f"/v1/orders/{order_id}/timeline?limit=200")))["items"]


async def exported(company: Company) -> dict[str, list[dict[str, Any]]]:
    """All rows of her export, by table."""
    asked = await did(await company.api.post("/v1/exports", json={"email": EMAIL}))
    await company.works()
    content = (await company.api.get(f"/v1/exports/{asked['id']}/content")).content
    found: dict[str, list[dict[str, Any]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as export:
        for name in export.namelist():
            for table, rows in json.loads(export.read(name)).items():
                if isinstance(rows, list):
                    found.setdefault(table, []).extend(rows)
    return found


def proved(told: dict[str, list[dict[str, Any]]]) -> set[str]:
    """The tables whose texts are those of the digests in her records."""
    records = {record["id"]: record["data"] for record in told["records"]}
    digests = {value for data in records.values() for name, value in data.items() if name.endswith("_digest")}
    proofs: set[str] = set()
    for row in told["record_words"]:
        for name, text in row["words"].items():
            if row["record_id"] in records:
                assert records[row["record_id"]][f"{name}_digest"] == digest_of(bytes.fromhex(row["salt"]), text)
                proofs.add("record_words")
    for row in told["events"]:
        assert digest_of(bytes.fromhex(row["salt"]), row["snapshot_text"]) in digests
        proofs.add("events")
    return proofs | _contents_proved(told, digests)


def _contents_proved(told: dict[str, list[dict[str, Any]]], digests: set[str]) -> set[str]:
    recipients = {one["recipient"] for one in told["attempts"]}
    for row in told["contents"]:
        extras = json.dumps(row["extras"], sort_keys=True, separators=(",", ":"))
        parts = (row["channel"], row["subject"], row["text"], row["html"], extras)
        assert {digest_of(bytes.fromhex(row["salt"]), to, *parts) for to in recipients} & digests
    return {"contents"} if told["contents"] else set()


async def test_what_was_typed_of_her_is_told_proved_and_forgotten(
    company: Company, mailroom: Mailroom, trail: Trail, left: Left
) -> None:
    orders = await typed(company, mailroom)
    assert not [place for place in await left() if place.startswith("records.")]
    await trail.seal()
    held = await trail.head()
    before = [line for order_id in orders for line in await happened(company, order_id)]
    named = {line["kind"] for line in before if NAME in str(line["data"].get(TYPED.get(line["kind"], "")))}
    assert named == set(TYPED)
    assert proved(await exported(company)) == {"record_words", "events", "contents"}
    erasure = await did(await company.api.post("/v1/erasures", json={"email": EMAIL}))
    company.clock.advance(MARGIN)
    await company.works()
    assert (await did(await company.api.get(f"/v1/erasures/{erasure['id']}")))["status"] == "done"
    assert await left() == []
    after = [line for order_id in orders for line in await happened(company, order_id)]
    for line in after:
        name = TYPED.get(line["kind"], "")
        assert name not in line["data"] or line["data"][name] == "erased", line
    digests = {line["kind"] for line in after if line["data"].get(f"{TYPED.get(line['kind'], '')}_digest")}
    assert digests == set(TYPED)
    await trail.seal()
    found = await trail.verify([held])
    assert (found.is_whole, found.unsealed) == (True, 0)
