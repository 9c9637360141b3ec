"""The refusals of this slice."""

from tidings.kit.problem import Problem


class StillUnderWay(Problem):
    """The message has not come to its end yet: sending it again now would send it twice. Cancel it first, or wait."""

    status = 409
    slug = "still-under-way"
    title = "Message still under way"


class AddressSuppressed(Problem):
    """The address must not be used: give a corrected one, or end its suppression first."""

    status = 409
    slug = "address-suppressed"
    title = "Address suppressed"


class HasLeft(Problem):
    """The message has left already, or may have: it cannot be taken back. `message_status` says how it stands."""

    status = 409
    slug = "message-has-left"
    title = "Message has left"


class MessageErased(Problem):
    """What was said, and to whom, has been erased: it cannot be said again. Log what you tell the customer now."""

    status = 409
    slug = "message-erased"
    title = "Message erased"


class NotDead(Problem):
    """Only a message that failed, or is parked, can be put back into the outbox; see `message_status`."""

    status = 409
    slug = "message-not-dead"
    title = "Message not dead"


class RecipientNotAllowed(Problem):
    """Tests go to the shop's own addresses, to those of the deployment's allow-list, and to nobody else."""

    status = 403
    slug = "recipient-not-allowed"
    title = "Recipient not allowed"


class NoConnection(Problem):
    """The channel has no connection that can be used now, or none of this name."""

    status = 409
    slug = "no-connection"
    title = "No connection"
