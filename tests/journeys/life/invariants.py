"""What holds of a shop's orders whatever was done to them, as questions whose answers are what does not hold.

They are asked in one statement, so that they can be asked after every step.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import asyncpg

_WIRE: Final = "{0} || '_' || replace({1}::text, '-', '')"
_CHANGE: Final = _WIRE.format("'chg'", "c.id")

# In words → the ids for which it does not hold; $1 is the shop. After every step.
ALWAYS: Final[Mapping[str, str]] = {
    "an order is on hold as long as an issue of it is open": """
        SELECT o.id FROM orders o WHERE o.storefront_id = $1 AND o.on_hold <> EXISTS (
            SELECT FROM issues i WHERE i.storefront_id = $1 AND i.order_id = o.id AND i.status = 'open')
    """,
    "an order that has ended has no open issue": """
        SELECT o.id FROM orders o WHERE o.storefront_id = $1 AND o.on_hold AND o.status = 'completed'
    """,
    "a total is lines + shipping - discount": """
        SELECT o.id FROM orders o
        WHERE o.storefront_id = $1 AND o.status <> 'incomplete' AND o.details -> 'lines' IS NULL
          AND (o.total <> (o.details -> 'total' ->> 'amount')::bigint OR o.total <>
            (SELECT sum(l.quantity * l.unit_price) FROM order_lines l
              WHERE l.storefront_id = $1 AND l.order_id = o.id)
            + coalesce((o.details -> 'shipping' -> 'price' ->> 'amount')::bigint, 0)
            - coalesce((o.details -> 'discount' -> 'price' ->> 'amount')::bigint, 0))
    """,
    "no more is refunded than was ever to be paid": """
        SELECT r.order_id FROM refunds r WHERE r.storefront_id = $1 AND r.status <> 'failed'
        GROUP BY r.order_id HAVING sum(r.amount) > (
            SELECT max((e.snapshot -> 'order' -> 'total' ->> 'amount')::bigint) FROM events e
            WHERE e.storefront_id = $1 AND e.order_id = r.order_id)
    """,
    "what is reserved is what orders hold": """
        SELECT s.sku FROM stock s WHERE s.storefront_id = $1 AND s.reserved <> coalesce((
            SELECT sum(r.quantity) FROM stock_reservations r
            WHERE r.storefront_id = $1 AND r.mode = s.mode AND r.sku = s.sku AND r.status = 'held'), 0)
    """,
    "what is there and what is reserved is the sum of what moved": """
        SELECT s.sku FROM stock s LEFT JOIN LATERAL (
            SELECT sum(m.quantity) FILTER (WHERE m.kind NOT IN ('reserved', 'released')) AS there,
                   sum(m.quantity) FILTER (WHERE m.kind IN ('reserved', 'released')) AS promised
            FROM stock_movements m WHERE m.storefront_id = $1 AND m.mode = s.mode AND m.sku = s.sku
        ) moved ON true
        WHERE s.storefront_id = $1 AND s.on_hand <> coalesce(moved.there, 0)
    """,
    "a promise has one running clock": """
        SELECT d.order_id FROM deadlines d
        WHERE d.storefront_id = $1 AND d.met_at IS NULL AND d.cancelled_at IS NULL
        GROUP BY d.order_id, d.kind, split_part(d.dedupe_key, ':', 2) HAVING count(*) > 1
    """,
    "no more is shipped than was ordered": """
        SELECT l.order_id FROM order_lines l JOIN (
            SELECT s.order_id, (item ->> 'line')::int AS line, sum((item ->> 'quantity')::int) AS quantity
            FROM shipments s CROSS JOIN LATERAL jsonb_array_elements(s.lines) item
            WHERE s.storefront_id = $1 AND s.status <> 'returned' GROUP BY 1, 2
        ) packed ON packed.order_id = l.order_id AND packed.line = l.line
        WHERE l.storefront_id = $1 AND packed.quantity > l.quantity
    """,
}

# At the end, once every errand that is due has been done; what is only ever added to does not heal.
AT_REST: Final[Mapping[str, str]] = {
    "a message has a cause that names it": """
        SELECT m.id FROM messages m WHERE m.storefront_id = $1 AND NOT EXISTS (
            SELECT FROM records r WHERE r.storefront_id = $1 AND r.order_id = m.order_id
              AND (r.data -> 'messages' @> jsonb_build_array(
                    jsonb_build_object('message', 'msg_' || replace(m.id::text, '-', '')))
                OR r.data ->> 'message' = 'msg_' || replace(m.id::text, '-', '')))
    """,
    "an order's facts are numbered without a gap": """
        SELECT o.id FROM orders o JOIN events e ON e.storefront_id = o.storefront_id AND e.order_id = o.id
        WHERE o.storefront_id = $1 GROUP BY o.id, o.last_seq
        HAVING (count(*), min(e.order_seq), max(e.order_seq)) <> (o.last_seq, 1, o.last_seq)
    """,
    "every request has the clocks of its two promises": f"""
        SELECT c.id FROM change_requests c JOIN orders o ON o.storefront_id = c.storefront_id AND o.id = c.order_id
        WHERE c.storefront_id = $1 AND o.notify AND 2 <> (
            SELECT count(*) FROM deadlines d WHERE d.storefront_id = $1 AND d.order_id = c.order_id
              AND d.dedupe_key IN ('change_acknowledged:' || {_CHANGE} || ':1', 'change_decided:' || {_CHANGE} || ':1'))
    """,
    "a promise is warned of, missed and handed on at most once": """
        SELECT r.order_id FROM records r
        WHERE r.storefront_id = $1 AND r.kind IN ('deadline.warned', 'deadline.missed', 'deadline.escalated')
        GROUP BY r.order_id, r.kind, r.subject HAVING count(*) > 1
    """,
    "nobody approves what they asked for": """
        SELECT c.id FROM change_requests c
        JOIN approvals a ON a.storefront_id = c.storefront_id AND a.order_id = c.order_id AND a.request_id = c.id
        WHERE c.storefront_id = $1 AND a.actor = c.actor AND a.outcome = 'approved'
    """,
    "what is carried out has its approvals": """
        SELECT c.id FROM change_requests c WHERE c.storefront_id = $1 AND c.status = 'carried_out'
          AND c.needs_approvals > (
            SELECT count(*) FROM approvals a WHERE a.storefront_id = $1 AND a.order_id = c.order_id
              AND a.request_id = c.id AND a.outcome = 'approved')
    """,
    "a request's refund belongs to its order": """
        SELECT c.id FROM change_requests c WHERE c.storefront_id = $1 AND c.refund_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM refunds r WHERE r.storefront_id = $1 AND r.order_id = c.order_id AND r.id = c.refund_id
              AND r.request_id = c.id)
    """,
    "nothing is promised to an order that has ended": """
        SELECT r.order_id FROM stock_reservations r JOIN orders o
            ON o.storefront_id = r.storefront_id AND o.id = r.order_id
        WHERE r.storefront_id = $1 AND r.status = 'held' AND o.status IN ('cancelled', 'completed')
    """,
    "no order keeps more than it wants": """
        SELECT r.order_id FROM stock_reservations r WHERE r.storefront_id = $1 AND r.quantity > 0
          AND r.quantity + r.committed > coalesce((SELECT sum(l.quantity) FROM order_lines l
            WHERE l.storefront_id = $1 AND l.order_id = r.order_id AND l.sku = r.sku AND l.kind = 'product'), 0)
    """,
    "no request waits about an order that has ended": """
        SELECT c.id FROM change_requests c JOIN orders o ON o.storefront_id = c.storefront_id AND o.id = c.order_id
        WHERE c.storefront_id = $1 AND c.status = 'pending' AND o.status IN ('cancelled', 'completed')
    """,
    "no errand was given up": """
        SELECT e.id FROM errands e WHERE e.storefront_id = $1 AND e.parked_at IS NOT NULL
    """,
}


def _all_of(rules: Mapping[str, str]) -> str:
    """One statement that answers what does not hold, each with the place of the rule that it breaks."""
    return "\nUNION ALL\n".join(
        f"SELECT {number} AS rule, broken::text AS what FROM ({question}) broken"
        for number, question in enumerate(rules.values())
    )


_EVERY: Final = {**ALWAYS, **AT_REST}
_NAMES: Final = tuple(_EVERY)
_ALWAYS, _AT_REST = _all_of(ALWAYS), _all_of(_EVERY)


async def broken(connection: asyncpg.Connection, shop: UUID, *, at_rest: bool = False) -> list[str]:
    """What does not hold now; empty when all is well."""
    rows = await connection.fetch(_AT_REST if at_rest else _ALWAYS, shop)
    return [f"not so: {_NAMES[row['rule']]} {row['what']}" for row in rows]
