"""The sandbox's inbox holds what it was given: in test mode, for some days, and not after an erasure."""

from typing import Final

from tidings.adapters.sandbox.tables import SandboxAttachmentRow, SandboxCallbackRow, SandboxMessageRow
from tidings.kit.keeping import Keeping

_THEIRS: Final = "storefront_id = :storefront AND message_id = ANY(:message_names)"

_OF_THESE: Final = f"""
    storefront_id = :storefront AND attempt_id IN (SELECT attempt_id FROM sandbox_messages WHERE {_THEIRS})
"""  # noqa: S608 - a condition of our own

KEEPING: Final = (
    # Before the messages, by which its rows are found.
    Keeping(
        table=SandboxCallbackRow.__table__,
        kind="own",
        order="",
        whose=_OF_THESE,
        plain=("word", "code", "answer"),
        personal={"said": "NULL", "reason": "NULL"},
        is_removed=True,
        is_exported=False,
    ),
    Keeping(
        table=SandboxAttachmentRow.__table__,
        kind="own",
        order="",
        whose=_OF_THESE,
        plain=("name", "media_type"),
        personal={"content": "''"},
        is_removed=True,
        is_exported=False,
    ),
    Keeping(
        table=SandboxMessageRow.__table__,
        kind="own",
        order="",
        whose=_THEIRS,
        plain=("mode", "connection", "message_id", "order_id", "channel", "locale", "callback_url", "answer"),
        personal=dict.fromkeys(("recipient", "subject", "text", "html", "extras", "reason"), "NULL"),
        is_removed=True,
        is_exported=False,
    ),
)
