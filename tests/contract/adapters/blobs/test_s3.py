"""Files in a bucket, against a double that reckons every signature anew."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from tests.doubles.s3 import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3Double
from tests.doubles.turns import answers
from tidings.adapters.blobs.s3 import S3Store, open_store
from tidings.documents.ports import StoreAway

PDF = b"%PDF-1.7 \x00\xff" * 1000
KEY = "stf_1/live/ord_1/doc_1.pdf"


@pytest.fixture
async def double() -> AsyncIterator[S3Double]:
    async with S3Double() as double:
        yield double


def store(double: S3Double, **changes: object) -> S3Store:
    settings = {
        "processes": 1, "s3_bucket": BUCKET, "s3_endpoint": double.base_url, "s3_region": REGION,
        "s3_access_key_id": ACCESS_KEY, "s3_secret_access_key": SecretStr(SECRET_KEY),
    }  # fmt: skip
    found = open_store(settings | changes, timeout=timedelta(seconds=2))
    assert found is not None
    return found


async def test_what_is_put_can_be_had_again_and_every_request_is_signed(double: S3Double) -> None:
    opened = store(double)
    assert opened.name == "s3:documents"
    await opened.put_blob(KEY, PDF)
    await opened.put_blob(KEY, PDF)
    assert double.objects == {KEY: PDF}
    assert await opened.get_blob(KEY) == PDF
    assert double.refused == []
    put = double.requests[0]
    assert (put.method, put.path) == ("PUT", f"/{BUCKET}/{KEY}")
    assert {name.lower(): value for name, value in put.headers.items()}["content-type"] == "application/pdf"


async def test_a_wrong_secret_is_refused_and_told(double: S3Double) -> None:
    with pytest.raises(StoreAway):
        await store(double, s3_secret_access_key=SecretStr("wrong")).put_blob(KEY, PDF)
    assert set(double.refused) == {"the signature is another"}
    assert double.objects == {}


async def test_what_is_not_there_is_told(double: S3Double) -> None:
    with pytest.raises(StoreAway):
        await store(double).get_blob("nothing.pdf")


async def test_what_is_deleted_is_gone_and_what_is_gone_is_deleted_all_the_same(double: S3Double) -> None:
    opened = store(double)
    await opened.put_blob(KEY, PDF)
    await opened.delete_blob(KEY)
    assert double.objects == {}
    assert (double.requests[-1].method, double.requests[-1].target) == ("POST", f"/{BUCKET}?delete")
    await opened.delete_blob(KEY)
    assert double.refused == []


async def test_what_cannot_be_deleted_is_told(double: S3Double) -> None:
    await store(double).put_blob(KEY, PDF)
    with pytest.raises(StoreAway):
        await store(double, s3_secret_access_key=SecretStr("wrong")).delete_blob(KEY)
    for status in (503, 404):
        double.always(answers(status, b"<Error><Code>ServiceUnavailable, or NoSuchBucket</Code></Error>"))
        with pytest.raises(StoreAway):
            await store(double).delete_blob(KEY)
    double.always(None)
    double.locked.add(KEY)
    with pytest.raises(StoreAway):
        await store(double).delete_blob(KEY)
    assert double.objects == {KEY: PDF}


async def test_a_bucket_that_fails_for_a_moment_is_asked_again(double: S3Double) -> None:
    double.script(answers(503, b"<Error/>"))
    await store(double).put_blob(KEY, PDF)
    assert double.objects == {KEY: PDF}


async def test_a_bucket_that_is_not_there_is_told() -> None:
    async with S3Double() as gone:
        opened = store(gone)
    with pytest.raises(StoreAway):
        await opened.put_blob(KEY, PDF)


def test_without_a_bucket_files_are_kept_in_the_database() -> None:
    assert open_store({"processes": 1, "s3_bucket": None, "s3_region": "x"}, timeout=timedelta(seconds=1)) is None
