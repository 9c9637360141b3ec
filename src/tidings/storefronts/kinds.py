"""The words of this slice, and those that a shop's own rules are told in."""

from typing import Literal, get_args

from tidings.kit.scope import Mode

Channel = Literal["email", "sms", "push", "voice"]
KeyScope = Literal["orders", "operations", "templates", "admin"]

# What somebody is told about; who, how and by when stands in milestones/table.py.
Milestone = Literal[
    "order_confirmation",
    "order_incomplete",
    "order_processing",
    "issue_notification",
    "issue_resolved",
    "order_dispatched",
    "delivery_exception",
    "order_delivered",
    "shipment_returned",
    "change_acknowledged",
    "change_decided",
    "refund_update",
    "order_updated",
    "order_cancelled",
    "order_completed",
    "contact_changed",
    "feedback_request",
    # To the shop's own staff:
    "deadline_warning",
    "deadline_missed",
    "review_due",
]

MODES: tuple[str, ...] = get_args(Mode)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
MILESTONES: tuple[Milestone, ...] = get_args(Milestone)
# The procedure demands these: no shop may be silent about them.
ALWAYS_TOLD: frozenset[Milestone] = frozenset(
    {"order_confirmation", "issue_notification", "change_acknowledged", "change_decided", "order_completed",
     "contact_changed"}
)  # fmt: skip
# Concern the shop's own staff, and never its customers.
STAFF_MILESTONES: frozenset[Milestone] = frozenset({"deadline_warning", "deadline_missed", "review_due"})
# Concern the procedure itself, and no order.
WITHOUT_ORDER: frozenset[Milestone] = frozenset({"review_due"})
# Connections also reach systems that verify payments and stock.
CHANNELS_OF_CONNECTIONS = (*CHANNELS, "payment", "stock")
SCOPES: tuple[str, ...] = get_args(KeyScope)

DEFAULT_SALES_CHANNELS = ("web", "app", "phone", "store", "marketplace")
