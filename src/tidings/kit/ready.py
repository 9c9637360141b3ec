"""Whether this process may be given work: what it stands on is asked, with a short patience."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from tidings.kit.db import Begin
from tidings.kit.migrations import current, known_revisions

Verdict = Literal["ready", "degraded", "not_ready"]

_PATIENCE_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be asked; a failing one that is not required degrades and does not stop."""

    name: str
    holds: Callable[[], Awaitable[bool]]
    is_required: bool = True


async def examine(checks: Iterable[Check]) -> tuple[Verdict, dict[str, bool]]:
    """Ask everything, and say what it comes to."""
    asked = list(checks)
    answers = dict(zip((check.name for check in asked), await asyncio.gather(*map(_asked, asked)), strict=True))
    failing = [check for check in asked if not answers[check.name]]
    if any(check.is_required for check in failing):
        return "not_ready", answers
    return ("degraded" if failing else "ready"), answers


def migrated_to(begin: Begin, head: str) -> Check:
    """The database answers, and its schema is the one that this code was written for, or a newer one.

    During a deployment the database goes first: the code that still runs does not know its revision, and works on.
    """

    async def holds() -> bool:
        async with begin.reading(None) as tx:
            found = await current(tx.raw)
        return found == head or (found is not None and found not in known_revisions())

    return Check("database", holds)


async def _asked(check: Check) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await check.holds()
    except Exception:  # noqa: BLE001 - whatever a check dies of, it does not hold
        return False
