"""What providers posted of people. Applied events have given up what they said of anybody (store.py)."""

from typing import Final

from tidings.callbacks.tables import InboxRow
from tidings.kit.keeping import Keeping

_ADDRESS: Final = "lower(event ->> 'address')"

KEEPING: Final = (
    Keeping(
        table=InboxRow.__table__,
        kind="callbacks",
        order="",
        whose=f"storefront_id = :storefront AND applied_at IS NULL AND {_ADDRESS} = ANY(:addresses)",
        age="received_at",
        loose="true",
        about=_ADDRESS,
        plain=("event_key", "provider_message_id"),
        personal={"event": "event - 'address' - 'text' - 'detail'"},
    ),
)
