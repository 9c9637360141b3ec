"""What orders know of people: who ordered, where it goes, what staff wrote down."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.orders.tables import CommunicationRow, NoteRow, OrderLineRow, OrderRow

# What is left says what was bought, for how much, and how it was paid; not by whom.
_DETAILS: Final = """
    details - 'customer' - 'billing_address' - 'shipping_address' - 'metadata'
    || CASE WHEN jsonb_typeof(details -> 'payment') = 'object'
            THEN jsonb_build_object('payment', (details -> 'payment') - 'reference') ELSE '{}' END
    || CASE WHEN jsonb_typeof(details -> 'discount') = 'object'
            THEN jsonb_build_object('discount', (details -> 'discount') - 'reason') ELSE '{}' END
"""

KEEPING: Final = (
    Keeping(
        table=OrderRow.__table__,
        kind="orders",
        order="id",
        plain=(
            "mode", "number", "status", "sales_channel", "locale", "time_zone", "currency", "payment_check",
            "stock_check",
        ),
        personal={
            "customer_email": "NULL", "customer_phone": "NULL", "customer_name": "NULL", "details": _DETAILS,
            "missing": "'[]'",
        },
        # Whoever has read it before has read something else.
        beside="version = version + 1",
    ),
    Keeping(
        table=OrderLineRow.__table__,
        kind="orders",
        plain=("sku", "name", "tax_category", "kind"),
    ),
    Keeping(table=NoteRow.__table__, kind="orders", plain=("actor",), personal={"text": "''", "salt": "NULL"}),
    Keeping(
        table=CommunicationRow.__table__,
        kind="communications",
        age="logged_at",
        plain=("channel", "direction", "fulfils", "subject", "contents", "actor"),
        personal={"summary": "''", "salt": "NULL"},
    ),
)  # fmt: skip
