"""What requests, decisions and refunds are refused for."""

from tidings.kit.problem import Problem


class ChangeDecided(Problem):
    """The request has its outcome already; `change_status` is what it came to, `decided_by` who was first."""

    status = 409
    slug = "change-decided"
    title = "Request already decided"


class ChangeOvertaken(Problem):
    """The order has moved on since: what was asked for is not possible any more; `possible` says what still is."""

    status = 409
    slug = "change-overtaken"
    title = "Request overtaken"


class RequesterApproves(Problem):
    """Whoever put in the request does not approve it: somebody else must. Name the person with `Tidings-Actor`."""

    status = 403
    slug = "requester-approves"
    title = "Requester cannot approve"


class ApprovedAlready(Problem):
    """This request takes two different approvers, and this approval would come from the same hands again."""

    status = 409
    slug = "approved-already"
    title = "Approved already"


class RefundTooHigh(Problem):
    """No more goes back than was paid and has not gone back yet; `at_most` is what that leaves."""

    status = 422
    slug = "refund-too-high"
    title = "Refund too high"


class RefundSettled(Problem):
    """The refund has its outcome already; `refund_status` is what it came to, `settled_by` by whose word."""

    status = 409
    slug = "refund-settled"
    title = "Refund already settled"


class RefundNotByHand(Problem):
    """The payment provider is asked for this refund, and says itself what becomes of it."""

    status = 409
    slug = "refund-not-by-hand"
    title = "Refund not by hand"
