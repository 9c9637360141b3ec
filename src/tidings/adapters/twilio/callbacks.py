"""What all of Twilio's callbacks have in common: how they are signed, and how they name our attempt."""

import hashlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from tidings.adapters import signatures
from tidings.adapters.signatures import TwilioAlgorithm
from tidings.adapters.wording import storable
from tidings.callbacks.ports import Answer, Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig, Outgoing

# In the address of the callbacks, which is signed as well: so the receipt finds its attempt without Twilio's id.
ATTEMPT_PARAMETER: Final = "a"

SIGNATURE_HEADER: Final = "x-twilio-signature"
SETTINGS_HEADER: Final = "x-twilio-webhooks-signature-settings"

# An empty response in Twilio's own language says that we have nothing to add.
ANSWER: Final = Answer(
    ok=200,
    refused=403,
    body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>',
    media_type="text/xml",
)
MAX_BYTES: Final = 256 * 1024

LONGEST_ID: Final = 100


def callback_address(outgoing: Outgoing) -> str:
    """Where Twilio is to post what becomes of this attempt."""
    separator = "&" if "?" in outgoing.callback_url else "?"
    return f"{outgoing.callback_url}{separator}{ATTEMPT_PARAMETER}={outgoing.attempt_id}"


def attempt_in(url: str) -> str | None:
    """The attempt that such an address names."""
    for name, value in parse_qsl(url.partition("?")[2].partition("#")[0]):
        if name == ATTEMPT_PARAMETER:
            return storable(value)[:LONGEST_ID]
    return None


def verified(posted: Posted, connection: ConnectionConfig) -> bool:
    """Whether Twilio signed this, in the way that the connection is configured for."""
    keys, algorithm = _keys(posted, connection)
    seal = posted.headers.get(SIGNATURE_HEADER)
    if is_json(posted):
        return any(signatures.twilio_json(posted.url, posted.body, seal, key, algorithm) for key in keys)
    try:
        fields = signatures.form_fields(posted.body)
    except ValueError:
        return False
    return any(signatures.twilio_form(posted.url, fields, seal, key, algorithm) for key in keys)


def _keys(posted: Posted, connection: ConnectionConfig) -> tuple[list[str], TwilioAlgorithm]:
    """The keys that may have signed, and how; our configuration decides, a header can only disagree with it."""
    given = _signature_settings(posted.headers.get(SETTINGS_HEADER, ""))
    expected = connection.settings.get("webhook_key_id")
    if expected is not None:
        agrees = given == {"key": expected, "algorithm": "HMAC_SHA256"}
        shared = connection.secrets.get("webhook_key_secret")
        return ([shared] if agrees and shared else []), "HMAC_SHA256"
    if given.get("algorithm", "HMAC_SHA1") != "HMAC_SHA1":
        return [], "HMAC_SHA1"
    tokens = [connection.secrets.get(name) for name in ("auth_token", "previous_auth_token")]
    return [token for token in tokens if token], "HMAC_SHA1"


def _signature_settings(header: str) -> dict[str, str]:
    """`key=…,algorithm=…`, taken apart."""
    pairs = [part.partition("=") for part in header.split(",") if part.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def is_json(posted: Posted) -> bool:
    """Event Streams, if somebody has pointed one here: status callbacks are forms, and say the same."""
    return posted.headers.get("content-type", "").strip().lower().startswith("application/json")


def fields_of(posted: Posted) -> Mapping[str, str]:
    """The form's fields, the first one of a name.

    Raises:
        ValueError: the body is no form.
    """
    return {name: storable(value) for name, value in reversed(signatures.form_fields(posted.body))}


def unknown(posted: Posted, word: str) -> ProviderEvent:
    """Signed by Twilio, and of no use to us: kept, nothing follows."""
    return ProviderEvent(digest(posted), "ignored", storable(word)[:40])


def digest(posted: Posted) -> str:
    """A key for what has none of its own."""
    return hashlib.sha256(posted.url.encode("utf-8", "replace") + b"\n" + posted.body).hexdigest()
