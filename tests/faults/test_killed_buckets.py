"""Documents in a bucket, while workers are killed: none without its object, and no object without its document."""

import asyncio
import random
from pathlib import Path

import httpx
import pytest

from tests.doubles.s3 import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3Double
from tests.doubles.turns import delays
from tests.faults.test_killed_completions import LINES, completed
from tests.faults.test_killed_errands import until, working
from tests.faults.test_killed_keeping import make_due
from tests.fixtures import steps
from tests.fixtures.facts import told
from tests.fixtures.processes import environment
from tidings.cli.embedded.postgres import Postgres
from tidings.documents.note_blob import Blob
from tidings.kit.db import Begin

pytestmark = pytest.mark.faults

# Their warranties are deleted in three rounds, which take longer than whoever is killed over them lives.
ORDERS = 21
EMAIL = "ada@example.com"
ANSWER_SECONDS = 0.15
NOTED = "SELECT count(*) FROM blobs_to_delete"


def bucket_of(double: S3Double) -> dict[str, str]:
    """What a worker is told of it."""
    return {
        "TIDINGS_DOCUMENTS_S3_BUCKET": BUCKET,
        "TIDINGS_DOCUMENTS_S3_ENDPOINT": double.base_url,
        "TIDINGS_DOCUMENTS_S3_REGION": REGION,
        "TIDINGS_DOCUMENTS_S3_ACCESS_KEY_ID": ACCESS_KEY,
        "TIDINGS_DOCUMENTS_S3_SECRET_ACCESS_KEY": SECRET_KEY,
    }


async def names(begin: Begin, *tables: str) -> list[set[str]]:
    """Of the objects that each of the tables knows, at one moment: a server goes on for a moment without its client."""
    async with begin.reading(None) as tx:
        found = [
            await tx.raw.fetch(
                "SELECT t.storefront_id, t.document_id, t.store, t.order_id, o.mode"
                f" FROM {table} t JOIN orders o ON o.id = t.order_id ORDER BY t.document_id"
            )
            for table in tables
        ]
    return [{Blob(**row).key for row in rows} for rows in found]


async def assert_whole(begin: Begin, double: S3Double) -> None:
    """Whatever has a row is there, and whatever is there has a row or a note."""
    there = set(double.objects)
    rows, notes = await names(begin, "document_files", "blobs_to_delete")
    assert rows <= there, "nothing is missing"
    assert there <= rows | notes, "nothing is forgotten"


async def killed_while(
    begin: Begin, double: S3Double, env: dict[str, str], log: Path, *, method: str, kills: int
) -> None:
    """Workers that are killed a moment after the bucket was asked for something."""
    dice = random.Random(20261129)
    for _ in range(kills):
        with working(env, log) as worker:
            seen = len(double.requests)
            async with asyncio.timeout(60):
                while method not in {request.method for request in double.requests[seen:]}:
                    await asyncio.sleep(0.005)
            await asyncio.sleep(dice.uniform(0, 2.5 * ANSWER_SECONDS))
            worker.kill()
        # What was answered after that was said to nobody.
        await asyncio.sleep(2 * ANSWER_SECONDS)
        await assert_whole(begin, double)
        # The leases, and the pauses, of whoever was killed are over.
        async with begin.across() as tx:
            await tx.raw.execute("UPDATE errands SET lease_until = now() WHERE lease_until IS NOT NULL")
            await tx.raw.execute("UPDATE blobs_to_delete SET due_at = now()")


async def test_killed_workers_leave_no_document_without_its_object_and_no_object_without_its_document(
    begin: Begin, live_api: httpx.AsyncClient, worker_database_url: str, postgres: Postgres, database: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    keeper_url, log = postgres.url("tidings_retention", database), tmp_path / "log"
    customer = {"email": EMAIL, "preferred_channel": "email"}
    for _ in range(ORDERS):
        order_id = str((await steps.placed(live_api, lines=LINES, customer=customer))["id"])
        await steps.passed(live_api, order_id)
        await steps.arrived(live_api, await steps.dispatched(live_api, order_id))
        await completed(live_api, order_id)
    async with S3Double() as double:
        double.always(delays(ANSWER_SECONDS))
        env = environment(worker_database_url, None, TIDINGS_DATABASE_RETENTION_URL=keeper_url, **bucket_of(double))
        await killed_while(begin, double, env, log, method="PUT", kills=1)
        with working(env, log):
            await until(begin, "SELECT count(*) FROM document_files", ORDERS * 2)
        assert await names(begin, "document_files") == [set(double.objects)]
        assert await told(begin, "SELECT * FROM blobs_to_delete") == []
        # Warranties go; invoices are kept as the law has it.
        await steps.did(await live_api.post("/v1/erasures", json={"email": EMAIL}))
        await make_due(begin)
        await killed_while(begin, double, env, log, method="POST", kills=3)
        with working(env, log):
            await until(begin, "SELECT status FROM erasures", "partly")
            await until(begin, NOTED, 0)
        assert await names(begin, "document_files") == [set(double.objects)]
        assert len(double.objects) == ORDERS
    assert await told(begin, "SELECT DISTINCT kind FROM documents") == [{"kind": "invoice"}]
