"""Links to an order's documents, for whoever has no account: signed, for documents alone, and with an end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tidings.delivery.links import Linked
from tidings.kit.scope import Scope
from tidings.kit.signed import LinkInvalid, Signed

_ID_BYTES: Final = 16
_MODES: Final[dict[bytes, str]] = {b"l": "live", b"t": "test"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to."""

    scope: Scope
    order_id: UUID


class DocumentLinks:
    """Makes links, and reads them."""

    def __init__(self, keys: Sequence[str], public_url: str, *, lasts: timedelta) -> None:
        """Derive the keys of this purpose.

        Args:
            keys: TIDINGS_SECRETS_KEYS; without any there are no links.
            public_url: where customers reach this deployment.
            lasts: how long a link works.
        """
        self._signed = Signed(keys, "documents")
        self._base = f"{public_url.rstrip('/')}/d/"
        self._lasts = lasts

    def link(self, message: Linked) -> str | None:
        """The address of the documents that a message tells of (delivery/links.py)."""
        has_some = message.snapshot.get("has_documents", bool(message.snapshot.get("documents")))
        if not has_some or not self._signed.can_sign:
            return None
        mode = b"l" if message.mode == "live" else b"t"
        value = mode + message.storefront_id.bytes + message.order_id.bytes
        return self._base + self._signed.token(value, ends_at=message.now + self._lasts)

    def opened(self, token: str, *, now: datetime) -> Opened:
        """What the link leads to.

        Raises:
            LinkInvalid: it is none of ours.
            LinkExpired: it has ended.
            VaultClosed: there is no key.
        """
        value = self._signed.read(token, now=now)
        mode, storefront, order = value[:1], value[1 : 1 + _ID_BYTES], value[1 + _ID_BYTES :]
        if mode not in _MODES or len(order) != _ID_BYTES:
            raise LinkInvalid
        return Opened(Scope(UUID(bytes=storefront), "live" if _MODES[mode] == "live" else "test"), UUID(bytes=order))
