"""Single parts, each from the settings."""

from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from tidings.adapters.doorbell.redis import NoDoorbell, RedisDoorbell
from tidings.adapters.http import Http
from tidings.adapters.provider import Tools
from tidings.adapters.sandbox.keeping import KEEPING as SANDBOX
from tidings.feedback.link import PURPOSE, FeedbackLinks
from tidings.kit.clock import Clock
from tidings.kit.db import Begin
from tidings.kit.engine import create_engine
from tidings.kit.signed import Signed
from tidings.kit.vault import Vault
from tidings.records.publish import HeadsFile
from tidings.records.sealer import Publish, to_nobody
from tidings.records.signing import Signer
from tidings.retention.map import SLICES, Map
from tidings.reviews.keeping import KEEPING as REVIEWS
from tidings.settings import Settings

Role = Literal["api", "worker"]

# The map of personal data: of the slices below retention, of what is above it, and of adapters that have tables.
MAP: Final[Map] = (*SLICES, *REVIEWS, *SANDBOX)


class NotConfigured(Exception):
    """Something that this process needs is not set."""


def database_url(settings: Settings, role: Role) -> str:
    """The database of this role.

    Raises:
        NotConfigured: none is named.
    """
    url = settings.database.worker_url if role == "worker" else None
    url = url or settings.database.url
    if url is None:
        message = "TIDINGS_DATABASE_URL is not set (`tidings dev` brings its own database)"
        raise NotConfigured(message)
    return url.get_secret_value()


def keeper_of(settings: Settings) -> Begin | None:
    """Opens transactions as tidings_retention; None when the settings do not name that role."""
    url = settings.database.retention_url
    if url is None:
        return None
    pooler = settings.database.pooler
    # One round at a time, and an erasure or two.
    return Begin(
        create_engine(
            url.get_secret_value(), pool_size=2, pooler=pooler, by_index=True, application_name="tidings-retention"
        )
    )


def named(keeper: Begin | None) -> Begin:
    """The one role that deletes and erases.

    Raises:
        NotConfigured: the settings do not name it.
    """
    if keeper is None:
        message = "TIDINGS_DATABASE_RETENTION_URL is not set: nothing is deleted or erased"
        raise NotConfigured(message)
    return keeper


def doorbell_of(settings: Settings) -> RedisDoorbell | NoDoorbell:
    """The bell, or none."""
    url = settings.redis.url
    return RedisDoorbell(url.get_secret_value()) if url is not None else NoDoorbell()


def tools_of(settings: Settings, begin: Begin, http: Http, clock: Clock) -> Tools:
    """What providers are made with."""
    timeout = timedelta(seconds=settings.worker.provider_timeout_seconds)
    return Tools(http=http, clock=clock, timeout=timeout, allow_insecure=settings.dev.enabled, begin=begin)


def vault_of(settings: Settings) -> Vault:
    """What seals the secrets of connections.

    Raises:
        NotConfigured: one of the keys is none.
    """
    try:
        return Vault([key.get_secret_value() for key in settings.secrets.keys])
    except ValueError:
        message = "TIDINGS_SECRETS_KEYS: a key is 32 bytes in URL-safe base64: `tidings keys generate` makes one"
        raise NotConfigured(message) from None


def signer_of(settings: Settings) -> Signer | None:
    """What signs the trail's heads; None when no key is set.

    Raises:
        NotConfigured: one of the keys is none.
    """
    keys = [key.get_secret_value() for key in settings.records.keys]
    try:
        return Signer(keys) if keys else None
    except ValueError as error:
        message = f"TIDINGS_RECORDS_KEYS: {error}"
        raise NotConfigured(message) from None


def feedback_links_of(settings: Settings) -> FeedbackLinks:
    """Makes the links to the feedback page, and reads them."""
    keys = [key.get_secret_value() for key in settings.secrets.keys]
    return FeedbackLinks(Signed(keys, PURPOSE), settings.public.url.rstrip("/"))


def heads_to(settings: Settings) -> Publish:
    """Where the heads that this worker signs are written, beside the database."""
    path = settings.records.heads_file
    return HeadsFile(Path(path)) if path else to_nobody
