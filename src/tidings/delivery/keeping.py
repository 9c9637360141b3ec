"""What messages know of people: addresses, what was said, and what providers said of them."""

from typing import Final

from tidings.delivery.suppress import HASHED
from tidings.delivery.tables import AttemptRow, ContentRow, MessageRow, ReceiptRow, SuppressionRow
from tidings.kit.keeping import Keeping

# The channels stay, the addresses go.
_PLAN: Final = """
    (SELECT coalesce(jsonb_agg(jsonb_build_object('channel', step -> 'channel', 'to', '') ORDER BY place), '[]')
     FROM jsonb_array_elements(plan) WITH ORDINALITY AS steps (step, place))
"""
# Providers quote addresses in their own words; their codes do not.
_ERROR: Final = "CASE WHEN error IS NULL THEN NULL ELSE jsonb_build_object('code', error -> 'code') END"
_DETAIL: Final = """
    jsonb_strip_nulls(jsonb_build_object('code', detail -> 'code', 'may_pass', detail -> 'may_pass'))
"""

# An address that must not be used stays so, as a digest: it is told again when somebody gives it.
_ADDRESS: Final = HASHED.format("storefront_id", "address")
_SUPPRESSED: Final = """
    storefront_id = :storefront AND mode = :mode AND channel = ANY('{email,sms,push,voice}')
    AND address = ANY(:addresses)
"""
# Whoever gave the address again after it was made a digest: one of the two is enough.
_TWICE: Final = f"""
    DELETE FROM suppressions s WHERE {_SUPPRESSED} AND EXISTS (
        SELECT FROM suppressions d WHERE d.storefront_id = s.storefront_id AND d.mode = s.mode AND d.channel = s.channel
        AND d.reason = s.reason AND d.address = {HASHED.format("s.storefront_id", "s.address")})
"""  # noqa: S608 - conditions of our own

KEEPING: Final = (
    Keeping(
        table=ContentRow.__table__,
        kind="content",
        age="rendered_at",
        plain=("channel", "template", "locale"),
        personal={"subject": "NULL", "text": "''", "html": "NULL", "extras": "'{}'", "salt": "NULL"},
    ),
    Keeping(
        table=MessageRow.__table__,
        kind="communications",
        age="updated_at",
        plain=(
            "mode", "milestone", "subject", "dedupe_key", "status", "channel", "refused_by", "locale", "time_zone",
            "trace",
        ),
        personal={"recipient": "''", "plan": _PLAN, "reason": "NULL"},
    ),
    Keeping(
        table=AttemptRow.__table__,
        kind="communications",
        age="started_at",
        # By the provider's id its callbacks find the attempt, so that they do not lie about unmatched.
        plain=("connection", "provider", "channel", "status", "outcome", "provider_message_id"),
        personal={"recipient": "''", "error": _ERROR},
    ),
    Keeping(
        table=ReceiptRow.__table__,
        kind="communications",
        age="received_at",
        plain=("status", "provider_status", "event_key"),
        personal={"detail": _DETAIL},
    ),
    Keeping(
        table=SuppressionRow.__table__,
        kind="communications",
        order="",
        whose=_SUPPRESSED,
        before=_TWICE,
        age="ends_at",
        loose="true",
        about="address",
        plain=("mode", "channel", "reason", "source"),
        personal={"address": _ADDRESS},
    ),
)  # fmt: skip
