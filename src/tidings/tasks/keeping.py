"""What people were asked to do knows customers: whom to call, what they wrote."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.tasks.tables import TaskRow

_PLAIN: Final = ("mode", "kind", "dedupe_key", "status", "summary", "owner", "closed_by")
# Which message, order or connection it was about stays.
_DATA: Final = """
    jsonb_strip_nulls(jsonb_build_object('message', data -> 'message', 'order', data -> 'order',
        'connection', data -> 'connection', 'channel', data -> 'channel', 'about', data -> 'about'))
"""
_FROM: Final = "lower(data ->> 'from')"
_PERSONAL: Final = {"data": _DATA, "notes": "NULL", "outcome": "NULL"}

KEEPING: Final = (
    Keeping(table=TaskRow.__table__, kind="orders", plain=_PLAIN, personal=_PERSONAL),
    # What came from an address, about no order that is known.
    Keeping(
        table=TaskRow.__table__,
        kind="communications",
        order="",
        whose=f"storefront_id = :storefront AND mode = :mode AND order_id IS NULL AND {_FROM} = ANY(:addresses)",
        age="closed_at",
        loose="order_id IS NULL",
        about=_FROM,
        plain=_PLAIN,
        personal=_PERSONAL,
    ),
)
