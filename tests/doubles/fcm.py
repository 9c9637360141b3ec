"""Firebase Cloud Messaging on this machine, with Google's token endpoint: checks what it is sent, and keeps it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.doubles.turns import Script, Turn
from tests.doubles.wire import HttpDouble, Reply, Request
from tidings.kit.clock import Clock, SystemClock
from tidings.kit.ids import new_id

_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_DURATION = re.compile(r"\d+(\.\d+)?s")
_RESERVED = re.compile(r"from$|message_type$|gcm|google")
_TARGETS = ("fid", "token", "topic", "condition")


@cache
def _private_key() -> rsa.RSAPrivateKey:
    """Made once: a key takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@dataclass(slots=True)
class Push:
    """A notification that Firebase took."""

    name: str
    target_kind: str
    target: str
    title: str
    text: str
    data: dict[str, str]
    collapse_key: str
    traceparent: str | None
    message: dict[str, Any] = field(repr=False)


class FcmDouble(HttpDouble):
    """`service_account` is what a connection needs; `received` is what was taken."""

    project_id = "tea-shop"
    client_email = "tidings@tea-shop.iam.gserviceaccount.com"

    def __init__(self, *, token_seconds: int = 3599, clock: Clock | None = None) -> None:
        """A double whose access tokens last so long, by this clock."""
        super().__init__()
        self._clock = clock or SystemClock()
        self._token_seconds = token_seconds
        self._token_turns = Script()
        # Access tokens that are still good; `revoke()` makes them stale.
        self._good: set[str] = set()
        self.tokens_issued = 0
        # Device → FcmError code: {"device-1": "UNREGISTERED"}.
        self.refuses: dict[str, str] = {}
        self.received: list[Push] = []

    @property
    def service_account(self) -> str:
        """The JSON file of the account, its token endpoint at this double."""
        pem = _private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": self.project_id,
                "private_key_id": "key-1",
                "private_key": pem,
                "client_email": self.client_email,
                "token_uri": f"{self.base_url}/token",
            }
        )

    @property
    def settings(self) -> dict[str, str]:
        """A connection's settings for this double."""
        return {"base_url": self.base_url}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this double."""
        return {"service_account": self.service_account}

    def script_token(self, *turns: Turn, times: int = 1) -> None:
        """Force what happens to the next requests for a token."""
        self._token_turns.add(*turns, times=times)

    def revoke(self) -> None:
        """No token issued so far is good any more."""
        self._good.clear()

    def is_scripted(self, request: Request) -> bool:
        """Turns are for notifications; the token endpoint has its own."""
        return request.path != "/token"

    async def respond(self, request: Request) -> Reply:
        """A token is issued, or a notification taken."""
        if (request.method, request.path) == ("POST", "/token"):
            turn = self._token_turns.next()
            if turn is not None and turn.status is not None:
                return Reply(turn.status, turn.body, turn.headers)
            return self._token(request.form())
        if (request.method, request.path) != ("POST", f"/v1/projects/{self.project_id}/messages:send"):
            return _error(404, "NOT_FOUND", "Requested entity was not found.", None)
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._good:
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", None)
        return self._taken(request)

    def _token(self, form: Mapping[str, str]) -> Reply:
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return Reply.of_json(400, {"error": "unsupported_grant_type"})
        try:
            claims = jwt.decode(
                form["assertion"],
                _private_key().public_key(),
                algorithms=["RS256"],
                audience=f"{self.base_url}/token",
                issuer=self.client_email,
                options={"require": ["iat", "exp", "iss", "aud"], "verify_iat": False, "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            return Reply.of_json(400, {"error": "invalid_grant", "error_description": str(error)})
        if claims.get("scope") != _SCOPE or claims["exp"] - claims["iat"] > 3600:
            return Reply.of_json(400, {"error": "invalid_scope"})
        if not claims["iat"] - 60 <= self._clock.now().timestamp() <= claims["exp"]:
            return Reply.of_json(400, {"error": "invalid_grant", "error_description": "Invalid JWT: check iat and exp"})
        self.tokens_issued += 1
        token = f"ya29.{new_id().hex}"
        self._good.add(token)
        return Reply.of_json(200, {"access_token": token, "expires_in": self._token_seconds, "token_type": "Bearer"})

    def _taken(self, request: Request) -> Reply:
        message = request.json().get("message", {})
        targets = [kind for kind in _TARGETS if kind in message]
        violation = _violation(message, targets)
        if violation is not None:
            return _invalid(violation)
        target = message[targets[0]]
        if target in self.refuses:
            return _refusal(self.refuses[target])
        push = Push(
            name=f"projects/{self.project_id}/messages/{new_id().hex}",
            target_kind=targets[0],
            target=target,
            title=message["notification"]["title"],
            text=message["notification"]["body"],
            data=message.get("data", {}),
            collapse_key=message.get("android", {}).get("collapse_key", ""),
            traceparent=request.headers.get("traceparent"),
            message=message,
        )
        self.received.append(push)
        return Reply.of_json(200, {"name": push.name})


def _violation(message: Mapping[str, Any], targets: list[str]) -> str | None:
    """The field that the interface would complain about."""
    data = message.get("data", {})
    android, apns = message.get("android", {}), message.get("apns", {})
    wrong = {
        "message": len(targets) != 1,
        "message.data": not all(isinstance(value, str) for value in data.values())
        or any(_RESERVED.match(key) for key in data),
        "message.android.ttl": "ttl" in android and not _DURATION.fullmatch(android["ttl"]),
        "message.android.priority": android.get("priority", "high") not in {"high", "normal"},
        "message.apns.headers": not all(isinstance(value, str) for value in apns.get("headers", {}).values()),
        "message.notification": not all(isinstance(value, str) for value in message.get("notification", {}).values()),
        "message.size": len(json.dumps(message).encode()) > 4096,
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), None)


_REFUSALS = {
    "UNREGISTERED": (404, "NOT_FOUND", "Requested entity was not found."),
    "SENDER_ID_MISMATCH": (403, "PERMISSION_DENIED", "SenderId mismatch"),
    "INVALID_ARGUMENT": (
        400,
        "INVALID_ARGUMENT",
        "The registration token is not a valid FCM registration token",
    ),
    "THIRD_PARTY_AUTH_ERROR": (401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
    "QUOTA_EXCEEDED": (429, "RESOURCE_EXHAUSTED", "Quota exceeded"),
    "UNAVAILABLE": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "INTERNAL": (500, "INTERNAL", "Internal error encountered."),
}


def _refusal(code: str) -> Reply:
    status, word, message = _REFUSALS[code]
    return _error(status, word, message, code)


def _invalid(name: str) -> Reply:
    detail = {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": name, "description": "Invalid value"}],
    }
    reply = _error(400, "INVALID_ARGUMENT", f"Invalid value at '{name}'", "INVALID_ARGUMENT")
    body = json.loads(reply.body)
    body["error"]["details"].append(detail)
    return Reply.of_json(400, body)


def _error(status: int, word: str, message: str, code: str | None) -> Reply:
    details = (
        [] if code is None else [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}]
    )
    error = {"code": status, "message": message, "status": word, "details": details}
    return Reply.of_json(status, {"error": error})
