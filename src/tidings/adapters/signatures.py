"""Signatures of callbacks. Every function answers True or False, compares in constant time and never raises on input.

What is checked are always the raw bytes as they came in, never something parsed and written again.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

TwilioAlgorithm = Literal["HMAC_SHA1", "HMAC_SHA256"]

_TWILIO_HASHES: dict[TwilioAlgorithm, str] = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_DEFAULT_PORTS = {"https": 443, "http": 80}
# More form fields than any provider sends; parsing stops there.
_MOST_FIELDS = 1000

Fields = Sequence[tuple[str, str]]


# A callback is verified, and then read.
@lru_cache(maxsize=8)
def form_fields(body: bytes) -> Fields:
    """The fields of a form as posted: blank values and surrounding spaces kept, since they are signed.

    Raises:
        ValueError: the body is not a form in UTF-8.
    """
    pairs = body.decode("ascii").replace("+", " ").split("&")
    if len(pairs) > _MOST_FIELDS:
        raise ValueError("a form with too many fields")
    parts = [pair.partition("=") for pair in pairs if pair]
    return tuple([(unquote(name, errors="strict"), unquote(value, errors="strict")) for name, _, value in parts])


def twilio_form(
    url: str, fields: Fields, signature: str | None, secret: str, algorithm: TwilioAlgorithm = "HMAC_SHA1"
) -> bool:
    """Whether Twilio signed this form, posted to this public address.

    The algorithm is the one that *our* configuration says, not the one that a header names: a header could ask for
    the weaker one.
    """
    tail = "".join([name + value for name, value in sorted(set(fields))])
    return _twilio_matches(url, tail, signature, secret, algorithm)


def twilio_json(
    url: str, body: bytes, signature: str | None, secret: str, algorithm: TwilioAlgorithm = "HMAC_SHA1"
) -> bool:
    """Whether Twilio signed this JSON body: its hash is in the address, and the address is signed."""
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return False
    claimed = [value for name, value in query if name == "bodySHA256"]
    if len(claimed) != 1 or not _same(hashlib.sha256(body).hexdigest(), claimed[0]):
        return False
    return _twilio_matches(url, "", signature, secret, algorithm)


def twilio_signature(url: str, fields: Fields, secret: str, algorithm: TwilioAlgorithm = "HMAC_SHA1") -> str:
    """What Twilio writes into `X-Twilio-Signature` for a form; without fields, for a JSON body."""
    tail = "".join(name + value for name, value in sorted(set(fields)))
    return _twilio_digest(url + tail, secret, algorithm)


def _twilio_matches(url: str, tail: str, signature: str | None, secret: str, algorithm: TwilioAlgorithm) -> bool:
    if not signature or not secret:
        return False
    base, mark, query = url.partition("?")
    rest = mark + query + tail
    matches = [_same(_twilio_digest(form + rest, secret, algorithm), signature) for form in _forms(base)]
    return any(matches)


def _twilio_digest(signed: str, secret: str, algorithm: TwilioAlgorithm) -> str:
    digest = hmac.digest(secret.encode(), signed.encode("utf-8", "surrogatepass"), _TWILIO_HASHES[algorithm])
    return base64.b64encode(digest).decode()


# There are as many as there are connections that are called back.
@lru_cache(maxsize=256)
def _forms(url: str) -> Sequence[str]:
    """The address (without its query) with and without its port: Twilio is not consistent in which of them it signs."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ()
    if port is not None:
        return url, urlunsplit(parts._replace(netloc=parts.netloc.rpartition(":")[0]))
    default = _DEFAULT_PORTS.get(parts.scheme)
    return (url,) if default is None else (url, urlunsplit(parts._replace(netloc=f"{parts.netloc}:{default}")))


def sendgrid(public_key: str, timestamp: str | None, body: bytes, signature: str | None) -> bool:
    """Whether SendGrid signed these bytes with the private half of the key that its settings page shows.

    Args:
        public_key: base64 of the DER SubjectPublicKeyInfo, as SendGrid shows it.
        timestamp: the timestamp header; part of what is signed.
        body: the body to the last byte, its CRLF included.
        signature: the signature header: base64 of ASN.1 DER.
    """
    key, seal = elliptic_key(public_key), _unbase64(signature)
    if key is None or not seal or not timestamp:
        return False
    try:
        key.verify(seal, timestamp.encode("utf-8", "surrogatepass") + body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=256)
def elliptic_key(public_key: str) -> ec.EllipticCurvePublicKey | None:
    """The P-256 key in a base64 SubjectPublicKeyInfo, or None when there is none in it."""
    try:
        key = load_der_public_key(_unbase64(public_key))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


def standard_webhook(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Whether one of these secrets signed this message (Standard Webhooks, version 1, five minutes either way)."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    moment = unix_time(timestamp)
    if not message_id or moment is None or abs(now - moment) > timedelta(minutes=5):
        return False
    given = [entry.removeprefix("v1,") for entry in headers.get("webhook-signature", "").split() if entry[:3] == "v1,"]
    expected = [_standard_digest(message_id, timestamp, body, secret) for secret in secrets]
    matches = [_same(mine, theirs) for mine in expected if mine for theirs in given]
    return any(matches)


def standard_signature(message_id: str, at: datetime, body: bytes, secret: str) -> str:
    """What goes into `webhook-signature`.

    Raises:
        ValueError: the secret is not `whsec_` and base64.
    """
    digest = _standard_digest(message_id, str(int(at.timestamp())), body, secret)
    if not digest:
        raise ValueError("a webhook secret is whsec_ followed by base64")
    return f"v1,{digest}"


def _standard_digest(message_id: str, timestamp: str, body: bytes, secret: str) -> str:
    key = _unbase64(secret.removeprefix("whsec_"))
    if not key:
        return ""
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def unix_time(text: str) -> datetime | None:
    """The instant that a header's Unix seconds name, or None."""
    if not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def short_seal(secret: str, text: str) -> str:
    """Eight hex digits that only the holder of the secret can write: for places too small for a whole signature."""
    return hmac.new(secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:8]


def short_seal_fits(secret: str, text: str, seal: str) -> bool:
    """Whether a short seal is the one for this text."""
    return bool(secret) and _same(short_seal(secret, text), seal)


def _same(mine: str, theirs: str) -> bool:
    return hmac.compare_digest(mine.encode(), theirs.encode("utf-8", "surrogatepass"))


def _unbase64(text: str | None) -> bytes:
    """The bytes, or none at all; whitespace around is forgiven, other letters are not."""
    try:
        return base64.b64decode((text or "").strip(), validate=True)
    except ValueError:
        return b""
