"""What the storefront was told of people: each event has the order as it was. Where it is told is the shop's own."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.webhooks.tables import EventRow, WebhookEndpointRow

# That it happened, and to which order, stays.
_SNAPSHOT: Final = """
    json_build_object(
        'order', json_build_object('id', snapshot -> 'order' -> 'id', 'number', snapshot -> 'order' -> 'number',
            'mode', snapshot -> 'order' -> 'mode', 'status', snapshot -> 'order' -> 'status'),
        'erased', true)
"""

KEEPING: Final = (
    Keeping(
        table=EventRow.__table__,
        kind="events",
        age="occurred_at",
        plain=("mode", "kind", "actor"),
        personal={"snapshot": _SNAPSHOT, "salt": "NULL"},
    ),
    Keeping(
        table=WebhookEndpointRow.__table__,
        kind="own",
        order="",
        plain=(
            "mode", "url", "description", "types", "secret", "previous_secret", "disabled_reason", "tried_reason",
        ),
        is_exported=False,
    ),
)  # fmt: skip
