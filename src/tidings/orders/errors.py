"""What orders refuse."""

from tidings.kit.problem import Problem


class NumberTaken(Problem):
    """Another order of this storefront and mode has this number; `order_id` names it."""

    status = 409
    slug = "order-number-taken"
    title = "Order number taken"


class OrderNotStored(Problem):
    """The order could not be stored, and nothing of it was; if it is sent again unchanged, it will fail again."""

    status = 422
    slug = "order-not-stored"
    title = "Order not stored"


class IllegalMove(Problem):
    """The order's status does not allow this; `order_status` is what it is, `allowed` where the order may go next."""

    status = 409
    slug = "illegal-move"
    title = "Not allowed in this status"


class OrderOnHold(Problem):
    """The order has an open issue: it does not advance until the issue is resolved."""

    status = 409
    slug = "order-on-hold"
    title = "Order on hold"


class PreconditionRequired(Problem):
    """Send `If-Match` with the order's ETag, so that nobody's change is overwritten unseen."""

    status = 428
    slug = "precondition-required"
    title = "Precondition required"
