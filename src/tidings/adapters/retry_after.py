"""How long a provider asks us to wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tidings.adapters.dates import written_date

_LEAST = timedelta(seconds=1)
_MOST = timedelta(minutes=15)
# A day needs five digits; twenty are an attack or a fault.
_DIGITS = 12


def retry_after(headers: Mapping[str, str], now: datetime, *, most: timedelta = _MOST) -> timedelta | None:
    """The wait that an answer asks for, between a second and `most`; None when it asks for none.

    `Retry-After` (seconds or a date) counts first, then SendGrid's `X-RateLimit-Reset` (Unix seconds). What is
    negative or makes no sense is as good as absent.
    """
    asked = _delay(headers.get("retry-after", ""), now)
    if asked is None:
        asked = _until(headers.get("x-ratelimit-reset", ""), now)
    return None if asked is None else min(max(asked, _LEAST), most)


def _delay(value: str, now: datetime) -> timedelta | None:
    text = value.strip()
    if _is_count(text):
        return _seconds(int(text))
    moment = written_date(text)
    return moment - now if moment is not None and moment >= now else None


def _until(value: str, now: datetime) -> timedelta | None:
    text = value.strip()
    if not _is_count(text):
        return None
    wait = int(text) - now.timestamp()
    return _seconds(wait) if wait >= 0 else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
