"""What came in, made fit to be kept: an adapter that lets something odd through must not spoil its neighbours."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from tidings.callbacks.ports import EventKind, ProviderEvent, ReceiptStatus
from tidings.kit.ids import parse
from tidings.kit.scope import Mode

# What is longer cannot stand in an index.
_LONGEST_KEY: Final = 500
_LONGEST_TEXT: Final = 10_000
_GREATEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a callback came in."""

    storefront_id: UUID
    mode: Mode
    connection_id: UUID
    channel: str
    provider: str


# Storefront, connection, and the provider's own key: the inbox's primary key.
EventKey = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event of a callback."""

    origin: Origin
    event: ProviderEvent
    received_at: datetime

    @property
    def key(self) -> EventKey:
        """What makes it this event and no other."""
        return self.origin.storefront_id, self.origin.connection_id, self.event.key

    @property
    def attempt_id(self) -> UUID | None:
        """Our own id, if the provider gave back one that can be one."""
        return None if self.event.attempt_id is None else parse("att", self.event.attempt_id)

    @property
    def at(self) -> datetime:
        """When it happened, if the provider says so."""
        return self.event.at or self.received_at


def incoming(origin: Origin, event: ProviderEvent, received_at: datetime) -> Incoming:
    """An event as it is kept."""
    kind: EventKind = "ignored" if event.kind == "receipt" and event.status is None else event.kind
    return Incoming(
        origin=origin,
        event=ProviderEvent(
            key=_key(event.key),
            kind=kind,
            provider_status=storable(event.provider_status)[:_LONGEST_KEY],
            status=event.status,
            attempt_id=_short(event.attempt_id),
            provider_message_id=_short(event.provider_message_id),
            at=_instant(event.at),
            detail={storable(name): _plain(value) for name, value in event.detail.items()},
            address=_short(event.address),
            text=None if event.text is None else storable(event.text)[:_LONGEST_TEXT],
            may_pass=event.may_pass,
        ),
        received_at=received_at,
    )


def storable(text: str) -> str:
    """The text without what a database refuses: NUL characters and halves of surrogate pairs."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _key(key: str) -> str:
    clean = storable(key)
    if clean == key and len(key) <= _LONGEST_KEY:
        return key
    # Two keys that differ only in what was taken out must not become one.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _short(text: str | None) -> str | None:
    return storable(text)[:_LONGEST_KEY] if text else None


def _instant(at: datetime | None) -> datetime | None:
    if at is None:
        return None
    try:
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _plain(value: Any) -> Any:
    """What a JSON column takes: codes and reasons are scalars, anything else is kept as it reads."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) <= _GREATEST:
            return value
        case float() if math.isfinite(value):
            return value
        case int():
            return "a very large number"
    return storable(str(value))[:_LONGEST_TEXT]


def as_json(event: ProviderEvent) -> dict[str, Any]:
    """The event as it lies in the inbox."""
    return {
        "key": event.key,
        "kind": event.kind,
        "provider_status": event.provider_status,
        "status": event.status,
        "attempt_id": event.attempt_id,
        "provider_message_id": event.provider_message_id,
        "at": None if event.at is None else event.at.isoformat(),
        "detail": dict(event.detail),
        "address": event.address,
        "text": event.text,
        "may_pass": event.may_pass,
    }


def from_json(stored: Mapping[str, Any]) -> ProviderEvent:
    """The event out of the inbox; what older versions did not write takes its default."""
    at = stored.get("at")
    return ProviderEvent(
        key=stored["key"],
        kind=cast("EventKind", stored["kind"]),
        provider_status=stored["provider_status"],
        status=cast("ReceiptStatus | None", stored.get("status")),
        attempt_id=stored.get("attempt_id"),
        provider_message_id=stored.get("provider_message_id"),
        at=None if at is None else datetime.fromisoformat(at),
        detail=stored.get("detail") or {},
        address=stored.get("address"),
        text=stored.get("text"),
        may_pass=bool(stored.get("may_pass")),
    )
