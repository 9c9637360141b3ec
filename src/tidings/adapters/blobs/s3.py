"""An S3-compatible bucket (AWS, MinIO, R2 …), through obstore: one object for each file, written once."""

from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, Final

from pydantic import SecretStr

from tidings.documents.ports import StoreAway

_MISSING: Final = "documents in S3 need the package obstore: install tidings[s3]"


_PREFIX: Final = "s3_"


class NotInstalled(Exception):
    """The optional package is not there."""


class S3Store:
    """A bucket. What is not answered is said to be away, never guessed."""

    def __init__(self, bucket: str, options: Mapping[str, str], *, timeout: timedelta) -> None:
        """Connect to nothing yet.

        Args:
            bucket: its name; written down beside each file.
            options: `endpoint`, `region`, `access_key_id`, `secret_access_key`; what is absent is looked for where
                S3 clients look (environment, instance).
            timeout: for each request.

        Raises:
            NotInstalled: obstore is not there.
        """
        try:
            self._obstore: Any = import_module("obstore")
            stores: Any = import_module("obstore.store")
        except ImportError as error:
            raise NotInstalled(_MISSING) from error
        self._bucket = bucket
        is_plain = options.get("endpoint", "").startswith("http://")
        self._store = stores.S3Store(
            bucket,
            config=dict(options),
            client_options={"timeout": timeout, "allow_http": is_plain},
            retry_config={"max_retries": 2, "retry_timeout": timeout * 2},
        )
        self._failures: tuple[type[Exception], ...] = (import_module("obstore.exceptions").BaseError, OSError)

    @property
    def name(self) -> str:
        """The bucket's."""
        return f"s3:{self._bucket}"

    async def put_blob(self, key: str, content: bytes) -> None:
        """Keep this; the same again changes nothing.

        Raises:
            StoreAway: the bucket has not said that it has it.
        """
        try:
            await self._obstore.put_async(
                self._store, key, content, attributes={"Content-Type": "application/pdf"}, use_multipart=False
            )
        except self._failures as error:
            raise StoreAway(type(error).__name__) from error

    async def get_blob(self, key: str) -> bytes:
        """What is kept under this name.

        Raises:
            StoreAway: the bucket does not answer, or does not have it.
        """
        try:
            found = await self._obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except self._failures as error:
            raise StoreAway(type(error).__name__) from error

    async def delete_blob(self, key: str) -> None:
        """Keep nothing under this name any more; if nothing is, that is well.

        Raises:
            StoreAway: the bucket has not said that it is gone.
        """
        try:
            # DeleteObjects, whose answer tells of every key, and of one that is not there that it is deleted: 404 is
            # the bucket's.
            await self._obstore.delete_async(self._store, key)
        except self._failures as error:
            raise StoreAway(type(error).__name__) from error


def open_store(settings: Mapping[str, Any], *, timeout: timedelta) -> S3Store | None:
    """The bucket that the settings name (settings.DocumentsSettings); None: files are kept in the database.

    Raises:
        NotInstalled: a bucket is named, and obstore is not there.
    """
    told = {name.removeprefix(_PREFIX): value for name, value in settings.items() if name.startswith(_PREFIX) and value}
    bucket = told.pop("bucket", None)
    if bucket is None:
        return None
    plain = {name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in told.items()}
    return S3Store(str(bucket), plain, timeout=timeout)
