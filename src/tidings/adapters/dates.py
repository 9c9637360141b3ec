"""Dates as mail and HTTP write them, read from whoever wrote them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def written_date(text: str) -> datetime | None:
    """The instant that `Mon, 23 Nov 2026 10:00:30 GMT` names, in UTC; None when the text names none.

    A date without a zone can only mean UTC: HTTP allows no other, and mail says so with `-0000`.
    """
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
