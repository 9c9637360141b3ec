"""The digest that links an attempt's record to what was said and to whom, neither of which is on the record. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tidings.delivery.ports import Content
from tidings.records.digests import digest_of

# Made once: it is asked for each attempt.
_encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def said_digest(salt: bytes | None, recipient: str, channel: str, content: Content) -> str | None:
    """The digest over the salt of a content, the recipient and the content; None for what has no salt."""
    if salt is None:
        return None
    parts = (recipient, channel, content.subject, content.text, content.html)
    return digest_of(salt, *parts, _settled(content.extras))


def _settled(extras: Mapping[str, Any]) -> str:
    """The same text, whatever the order in which Postgres gives the members back."""
    return _encode(extras) if extras else "{}"
