"""The refusals of this slice."""

from tidings.kit.problem import Problem


class Unauthorised(Problem):
    """The request has no valid API key: send `Authorization: Bearer <key>`; keys expire and can be revoked."""

    status = 401
    slug = "unauthorised"
    title = "Unauthorised"


class ScopeMissing(Problem):
    """The API key is valid, but does not have the scope that this call needs."""

    status = 403
    slug = "scope-missing"
    title = "Scope missing"


class TooManyRequests(Problem):
    """This API key has sent more requests than it may in this time: wait as long as `Retry-After` says."""

    status = 429
    slug = "too-many-requests"
    title = "Too many requests"


class NameTaken(Problem):
    """Another connection of this storefront and mode has this name already."""

    status = 409
    slug = "name-taken"
    title = "Name taken"


class SlugTaken(Problem):
    """Another storefront has this slug already."""

    status = 409
    slug = "slug-taken"
    title = "Slug taken"


class KeyTaken(Problem):
    """This API key is in use already; it cannot be given to anybody else."""

    status = 409
    slug = "key-taken"
    title = "Key taken"


class RetentionTooShort(Problem):
    """Something would be kept for too short a time: `too_short` says for each kind how many months there must be, why.

    All communications and actions are kept for at least 12 months by the procedure, invoices as long as the law of the
    shop's country has it.
    """

    status = 422
    slug = "retention-too-short"
    title = "Retention too short"


class KeyNotUsable(Problem):
    """The API key is expired, revoked or rotated already, so it cannot be rotated: create a new one."""

    status = 409
    slug = "key-not-usable"
    title = "Key not usable"


# What every call with an API key may be answered, so that routes need not name them one by one.
OF_EVERY_CALL = (Unauthorised, ScopeMissing, TooManyRequests)
