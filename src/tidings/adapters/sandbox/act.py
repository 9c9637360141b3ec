"""What the person at the inbox does as the customer: reply, complain, bounce, or let a callback be repeated."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update

from tidings.adapters.sandbox.fates import Word, reply_word
from tidings.adapters.sandbox.queries import Letter
from tidings.adapters.sandbox.tables import SandboxCallbackRow
from tidings.kit.db import Tx
from tidings.kit.ids import new_id

# What can be made of a message by hand, per channel, and what the button says.
REPORTS: Mapping[str, Mapping[Word, str]] = {
    "email": {"spam_report": "Mark as spam", "hard_bounce": "Bounce it now"},
    "sms": {"hard_bounce": "Bounce it now"},
    "push": {"hard_bounce": "Bounce it now"},
    "voice": {"hard_bounce": "Bounce it now"},
}
CHANNELS_WITH_REPLIES = frozenset({"email", "sms"})
_REASONS: Mapping[Word, tuple[str, str]] = {
    "spam_report": ("abuse", "Marked as spam in the inbox"),
    "hard_bounce": ("by_hand", "Bounced by hand in the inbox"),
}


async def reply(tx: Tx, letter: Letter, text: str, *, now: datetime) -> None:
    """Answer a message as its customer; STOP alone opts out."""
    _owe(tx, letter, reply_word(text), now, said=text)


async def report(tx: Tx, letter: Letter, word: Word, *, now: datetime) -> None:
    """Let a message bounce, or be called spam, from now on."""
    code, reason = _REASONS[word]
    _owe(tx, letter, word, now, code=code, reason=reason)


async def repeat_last(tx: Tx, letter: Letter, *, now: datetime) -> bool:
    """Owe the last posted callback once more, to the letter, as providers do; False when none was posted yet."""
    posted = [callback for callback in letter.callbacks if callback.posted_at is not None]
    if not posted:
        return False
    last = max(posted, key=lambda callback: (callback.at, callback.id))
    await tx.session.execute(
        update(SandboxCallbackRow)
        .where(SandboxCallbackRow.storefront_id == last.storefront_id, SandboxCallbackRow.id == last.id)
        .values(due_at=now, tries=0)
    )
    return True


def _owe(  # noqa: PLR0913 - one argument per column
    tx: Tx,
    letter: Letter,
    word: Word,
    now: datetime,
    *,
    code: str | None = None,
    reason: str | None = None,
    said: str | None = None,
) -> None:
    tx.session.add(
        SandboxCallbackRow(
            storefront_id=letter.message.storefront_id,
            id=new_id(),
            attempt_id=letter.message.attempt_id,
            word=word,
            code=code,
            reason=reason,
            said=said,
            at=now,
            due_at=now,
            tries=0,
        )
    )
