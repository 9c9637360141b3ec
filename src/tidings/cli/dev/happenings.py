"""What happened to a sample order, and what was promised about it, as it is printed: a line each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Of use to programs only.
_UNTOLD = frozenset({"order_seq", "message", "attempt", "next"})


def line(number: str, happening: Mapping[str, Any]) -> str:
    """One happening as it is printed."""
    return f"  {number}  {_clock(happening['at'])}  {happening['kind']:<20} {particulars(happening)}".rstrip()


def promise(number: str, deadline: Mapping[str, Any]) -> str:
    """One promise as it is printed, once it is kept."""
    due = datetime.fromisoformat(deadline["due_at"]).astimezone()
    words = f"{deadline['kind']} promised by {due:%a %H:%M}, kept by {deadline['met_by']}"
    return f"  {number}  {_clock(deadline['met_at'])}  {'promise ' + deadline['status']:<20} {words}"


def _clock(instant: str) -> str:
    at = datetime.fromisoformat(instant).astimezone()
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def particulars(happening: Mapping[str, Any]) -> str:
    """What else there is to say of it, in a few words; the whole of it is at the timeline's URL."""
    data = dict(happening["data"])
    owed = [message["milestone"] for message in data.pop("messages", [])]
    if owed:
        data["owes"] = ",".join(owed)
    words = [f"{name}={value}" for name, value in data.items() if isinstance(value, str | int) and _is_told(name)]
    return " ".join([happening["actor"], *words])


def _is_told(name: str) -> bool:
    return name not in _UNTOLD and not name.endswith("_digest")
