"""What Firebase's answers mean. Pure: an answer in, an outcome out."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, assert_never

from tidings.adapters.http import HttpResponse
from tidings.adapters.retry_after import retry_after
from tidings.adapters.wording import reason, storable
from tidings.delivery.ports import (
    Accepted,
    Misconfigured,
    Outcome,
    Outgoing,
    Permanent,
    Throttled,
    Transient,
    Uncertain,
)

# A recipient is a registration token, or an installation id behind this.
FID_PREFIX = "fid:"

Meaning = Literal["unregistered", "refused", "broken", "slower", "later", "unknown"]

# FcmError's codes, and Google's general ones where that detail is missing.
_CODES: Mapping[str, Meaning] = {
    "UNREGISTERED": "unregistered",  # the app is gone from the device
    "SENDER_ID_MISMATCH": "refused",  # the token belongs to another project
    "INVALID_ARGUMENT": "refused",  # the message, unless the text blames the token
    "THIRD_PARTY_AUTH_ERROR": "broken",  # Apple's key in Firebase
    "APNS_AUTH_ERROR": "broken",
    "UNAUTHENTICATED": "broken",  # after a fresh token
    "PERMISSION_DENIED": "broken",
    "NOT_FOUND": "broken",  # without FcmError: there is no such project; tells nothing of the device
    "QUOTA_EXCEEDED": "slower",
    "RESOURCE_EXHAUSTED": "slower",
    "UNAVAILABLE": "later",
    "INTERNAL": "later",
    "DEADLINE_EXCEEDED": "unknown",
}

_STATUSES: Mapping[int, Meaning] = {
    400: "refused", 401: "broken", 403: "broken", 404: "broken", 413: "refused", 429: "slower", 504: "unknown",
}  # fmt: skip
_FAMILIES: Mapping[int, Meaning] = {3: "broken", 4: "refused", 5: "later"}

_QUOTA_WAIT = timedelta(seconds=60)
_OVERLOAD_WAIT = timedelta(seconds=10)
_BLAMES_TARGET = re.compile(r"registration token|installation id|\bfid\b", re.IGNORECASE)
_TARGET_FIELDS = frozenset({"message.token", "message.fid"})


def target_of(outgoing: Outgoing) -> tuple[Literal["fid", "token"], str]:
    """What kind of target the recipient is, and its id."""
    target = outgoing.to.removeprefix(FID_PREFIX)
    return ("token", target) if target == outgoing.to else ("fid", target)


def classify(answer: HttpResponse, outgoing: Outgoing, now: datetime) -> Outcome:
    """What Firebase's answer means for the notification."""
    parsed = answer.json()
    body: Mapping[str, Any] = parsed if isinstance(parsed, dict) else {}
    if answer.status == 200:  # noqa: PLR2004 - the one status that means "taken"
        name = body.get("name")
        taken = isinstance(name, str) and name
        return (
            Accepted(storable(str(name))[:200]) if taken else Uncertain("Firebase's answer makes no sense", "garbled")
        )
    error = body.get("error") if isinstance(body.get("error"), dict) else {}
    return _refused(answer, error or {}, outgoing.to.removeprefix(FID_PREFIX), now)


def _refused(answer: HttpResponse, error: Mapping[str, Any], target: str, now: datetime) -> Outcome:
    code = _error_code(error)
    said = reason(str(error.get("message") or ""), target) or f"Firebase answered {answer.status}"
    label = storable(code or str(answer.status))[:60]
    wait = retry_after(answer.headers, now)
    by_status = _STATUSES.get(answer.status) or _FAMILIES.get(answer.status // 100, "unknown")
    meaning = _CODES.get(code, by_status)
    match meaning:
        case "refused":
            return Permanent(said, label, suppress="hard_bounce" if _blames_target(code, error) else None)
        case "slower":
            return Throttled(said, label, wait or _QUOTA_WAIT)
        case "later":
            return Transient(said, label, wait or _OVERLOAD_WAIT)
        case "unregistered" | "broken" | "unknown":
            return _PLAIN[meaning](said, label)
        case _:
            assert_never(meaning)


_PLAIN: Mapping[Meaning, Callable[[str, str], Outcome]] = {
    "unregistered": lambda said, code: Permanent(said, code, suppress="hard_bounce"),
    "broken": Misconfigured,
    "unknown": Uncertain,
}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _error(answer: HttpResponse) -> Mapping[str, Any]:
    return _object(_object(answer.json()).get("error"))


def _details(error: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    each = _list(error.get("details"))
    return [one for one in each if isinstance(one, dict) and str(one.get("@type", "")).endswith(kind)]


def _error_code(error: Mapping[str, Any]) -> str:
    """FcmError's code first; `status` says the same less exactly."""
    for detail in _details(error, "google.firebase.fcm.v1.FcmError"):
        if isinstance(detail.get("errorCode"), str):
            return str(detail["errorCode"])
    return str(error.get("status") or "")


def _blames_target(code: str, error: Mapping[str, Any]) -> bool:
    """Whether an invalid argument is the device's token: payload errors come with the same code and status."""
    if code != "INVALID_ARGUMENT":
        return False
    violations: Sequence[Any] = [
        one for detail in _details(error, "google.rpc.BadRequest") for one in _list(detail.get("fieldViolations"))
    ]
    if violations:
        return all(isinstance(one, dict) and one.get("field") in _TARGET_FIELDS for one in violations)
    return bool(_BLAMES_TARGET.search(str(error.get("message") or "")))


def is_stale_token(answer: HttpResponse) -> bool:
    """Whether it is our token that was refused, and not Apple's key, which answers 401 as well."""
    return answer.status == 401 and _error_code(_error(answer)) in {"", "UNAUTHENTICATED"}  # noqa: PLR2004 - its status
