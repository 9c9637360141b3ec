"""Refusals about the trail."""

from tidings.kit.problem import Problem


class RecordNotSealed(Problem):
    """The record is not sealed yet, which happens within seconds of its commit: ask for its proof again."""

    status = 409
    slug = "record-not-sealed"
    title = "Record not sealed"


class HeadNotKnown(Problem):
    """There is no signed head of this number, or the first is not before the second; nothing connects them."""

    status = 422
    slug = "head-not-known"
    title = "Head not known"


class NotASignedHead(Problem):
    """What was given as a signed head is none: hand it over as `GET /v1/records/heads` gave it."""

    status = 422
    slug = "not-a-signed-head"
    title = "Not a signed head"
