"""Signed heads: what an outside party holds, and whatever is in the database must agree with. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from tidings.kit.ids import parse, wire
from tidings.records.canon import canonical_json
from tidings.records.signing import is_signed_by, key_id_of

# Signed before the head itself, so that the key's signature under anything else can never pass for one.
HEAD_CONTEXT: Final = b"tidings record head v1\n"
NO_HEAD: Final = bytes(32)
# So many bytes of each new leaf are kept beside its head, whose signature covers them: a record that was rewritten
# together with its leaf and all that stands above it is found out by itself, and not only its batch.
MARK_BYTES: Final = 4


class NotAHead(ValueError):
    """The text is no signed head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is signed."""

    storefront_id: UUID
    sequence: int
    size: int
    root: bytes
    # Hash of the head before; NO_HEAD for the first.
    previous: bytes
    # SHA-256 of the marks.
    marks: bytes
    sealed_at: datetime
    key_id: str

    def told(self) -> dict[str, str | int]:
        """Its members as JSON has them."""
        return {
            "at": self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "key": self.key_id,
            "log": wire("stf", self.storefront_id),
            "marks": self.marks.hex(),
            "previous": self.previous.hex(),
            "root": self.root.hex(),
            "sequence": self.sequence,
            "size": self.size,
        }

    def signed_bytes(self) -> bytes:
        """What the signature is made over."""
        return HEAD_CONTEXT + canonical_json(self.told())

    def digest(self) -> bytes:
        """The hash that the next head is chained to."""
        return sha256(self.signed_bytes()).digest()


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head with its signature, and the key that it can be checked with."""

    head: Head
    signature: bytes
    public: bytes

    def holds(self) -> bool:
        """Whether the signature is the key's, and the key the one that the head names."""
        return key_id_of(self.public) == self.head.key_id and is_signed_by(
            self.public, self.signature, self.head.signed_bytes()
        )

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"head": self.head.told(), "signature": self.signature.hex(), "public_key": self.public.hex()}

    def line(self) -> str:
        """As one line of a file of heads."""
        return json.dumps(self.told(), sort_keys=True)


def read_head(told: Mapping[str, Any]) -> SignedHead:
    """A signed head out of JSON; whether its signature holds is another question.

    Raises:
        NotAHead: it is none.
    """
    try:
        body: Mapping[str, Any] = told["head"]
        head = Head(
            storefront_id=_storefront(body["log"]),
            sequence=_whole(body["sequence"]),
            size=_whole(body["size"]),
            root=bytes.fromhex(body["root"]),
            previous=bytes.fromhex(body["previous"]),
            marks=bytes.fromhex(body["marks"]),
            sealed_at=datetime.fromisoformat(body["at"]),
            key_id=str(body["key"]),
        )
        return SignedHead(head, bytes.fromhex(told["signature"]), bytes.fromhex(told["public_key"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"not a signed head: {error!r}"
        raise NotAHead(message) from None


def read_heads(text: str) -> list[SignedHead]:
    """The heads of a file: a JSON document of one head, a list of them, or one head a line.

    Raises:
        NotAHead: it holds something else, or nothing.
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = _lines(text)
    listed = found.get("items", found.get("heads", [found])) if isinstance(found, dict) else found
    if not isinstance(listed, list) or not listed:
        message = "there is no signed head in it"
        raise NotAHead(message)
    return [read_head(each) if isinstance(each, dict) else read_head({}) for each in listed]


def _lines(text: str) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        message = "it is not JSON"
        raise NotAHead(message) from None


def _storefront(text: str) -> UUID:
    found = parse("stf", text)
    if found is None:
        message = "`log` is no storefront's id"
        raise ValueError(message)
    return found


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        message = f"{value!r} is no whole number"
        raise TypeError(message)
    return value
