"""What feedback knows of people: the customer's own words. The rating stays, and the message that it was of."""

from typing import Final

from tidings.feedback.tables import FeedbackRow, TemplateCommentRow
from tidings.kit.keeping import Keeping

KEEPING: Final = (
    Keeping(
        table=FeedbackRow.__table__,
        kind="communications",
        age="given_at",
        plain=("mode", "channel"),
        personal={"comment": "NULL"},
    ),
    # Staff on wording: about no customer.
    Keeping(
        table=TemplateCommentRow.__table__,
        kind="own",
        order="",
        plain=("milestone", "channel", "locale", "comment", "actor"),
        is_exported=False,
    ),
)
