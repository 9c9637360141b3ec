"""What becomes of a message that could not be put into words, whatever the reason: it alone stays."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from tidings.delivery.claim import Claimed
from tidings.delivery.enclosures import NotYet
from tidings.delivery.prepare import unattempted
from tidings.delivery.rules import Again, Dead, Verdict
from tidings.delivery.settlement import Settlement
from tidings.kit.ids import wire
from tidings.kit.whereabouts import whereabouts
from tidings.templates.errors import Unrenderable

log = structlog.get_logger(__name__)

# A database that says no (of another release, without a grant) says it of every message, and none of them is to blame.
_REFUSED: Final = (DBAPIError, asyncpg.PostgresError)
_LOOK_AGAIN: Final = timedelta(seconds=30)


def unworded(message: Claimed, error: Exception, now: datetime) -> Settlement:
    """How the message is settled that rendering has raised this about; what is told of it holds no personal data."""
    about = {"message": wire("msg", message.id), "milestone": message.milestone}
    match error:
        case NotYet():
            return _later(message, error.wait, "waits for its documents", now)
        case Unrenderable():
            # Told by a task and a record; the stack would say nothing more.
            log.warning("message.unrenderable", **about)
            return _dead(message, error.reason, now)
    where = whereabouts(error)
    if isinstance(error, _REFUSED):
        log.error("message.rendering_refused", **about, error=type(error).__name__, exc_info=error)
        return _later(message, _LOOK_AGAIN, f"cannot be rendered now: {where}", now)
    log.error("message.rendering_failed", **about, error=type(error).__name__, exc_info=error)
    return _dead(message, where, now)


def _later(message: Claimed, wait: timedelta, reason: str, now: datetime) -> Settlement:
    return unattempted(message, Verdict("failed", Again(wait, message.tries), reason), now, task=None)


def _dead(message: Claimed, why: str, now: datetime) -> Settlement:
    verdict = Verdict("failed", Dead(), f"cannot be rendered: {why}")
    return unattempted(message, verdict, now, task="message_unrenderable")
