"""The chapters of the OpenAPI document, in the order of the procedure."""

from typing import Final

TAGS: Final = [
    {"name": "orders", "description": "Order receipt and confirmation: place, complete, correct, find; the timeline."},
    {"name": "verification", "description": "Whether the payment and the stock have been checked."},
    {"name": "shipments", "description": "Parcels, and what became of them on the way."},
    {"name": "issues", "description": "Exceptions: what is wrong with an order, what comes next, and who settles it."},
    {"name": "stock", "description": "The ledger: what is there, what is promised to orders, every movement."},
    {"name": "changes", "description": "Requests to change or cancel an order: received, decided, carried out."},
    {"name": "refunds", "description": "Money that goes back, and what became of it."},
    {
        "name": "documents",
        "description": "Invoices, receipts, warranties and credit notes: numbers, files, corrections.",
    },
    {"name": "messages", "description": "What customers were told: content, attempts, receipts; resend."},
    {"name": "suppressions", "description": "Addresses that must not be used, and why."},
    {"name": "tasks", "description": "What people must do."},
    {"name": "deadlines", "description": "Promises with a due time, kept and not kept."},
    {"name": "reports", "description": "How well the procedure is carried out: promises kept and not kept."},
    {"name": "feedback", "description": "What customers say of an order, and staff of templates."},
    {"name": "reviews", "description": "Reviews of the procedure: why, by when, on what figures, with which outcome."},
    {"name": "events", "description": "Everything that the storefront is told, by cursor."},
    {"name": "records", "description": "The append-only audit trail."},
    {"name": "privacy", "description": "Legal holds, exports and erasure of somebody's data, how long what is kept."},
    {"name": "templates", "description": "What is said, by milestone, channel and language."},
    {"name": "storefront", "description": "The shop: brand, contact, legal data, hours, policy."},
    {"name": "policy", "description": "The shop's own rules: business calendar, policy, and the versions of both."},
    {"name": "api-keys", "description": "Who may call, and what they may do."},
    {"name": "connections", "description": "The shop's accounts at providers."},
    {"name": "webhook-endpoints", "description": "Where the shop's events are posted to, signed and in order."},
    {"name": "callbacks", "description": "For providers: what became of what they were given."},
    {"name": "health", "description": "For machines that watch machines."},
]
