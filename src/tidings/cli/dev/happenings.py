"""What happened to a sample order, as it is printed: a line each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

# Of use to programs only.
_UNTOLD = frozenset({"order_seq", "message", "attempt", "next"})


def line(number: str, happening: Mapping[str, Any]) -> str:
    """One happening as it is printed."""
    at = datetime.fromisoformat(happening["at"]).astimezone()
    told = f"  {number}  {at:%H:%M:%S}.{at.microsecond // 1000:03d}  {happening['kind']:<20} {particulars(happening)}"
    return told.rstrip()


def particulars(happening: Mapping[str, Any]) -> str:
    """What else there is to say of it, in a few words; the whole of it is at the timeline's URL."""
    data = dict(happening["data"])
    owed = [message["milestone"] for message in data.pop("messages", [])]
    if owed:
        data["owes"] = ",".join(owed)
    words = [f"{name}={value}" for name, value in data.items() if isinstance(value, str | int) and name not in _UNTOLD]
    return " ".join([happening["actor"], *words])
