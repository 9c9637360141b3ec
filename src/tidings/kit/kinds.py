"""What is kept, by kind: each has its own time. Pure."""

from typing import Literal

Kind = Literal[
    "content",  # what was said, word for word
    "communications",  # that something was said: messages, attempts, receipts, what was logged
    "events",  # what the storefront was told
    "orders",  # the order and all that belongs to it
    "documents",  # invoices and the like, longer by law
    "callbacks",  # what providers posted
    "records",  # the audit trail, which holds no personal data
    "own",  # the shop's own, or a work table that empties itself: not kept by time
]
