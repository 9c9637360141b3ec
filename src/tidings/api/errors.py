"""The refusals of the edge itself, before any slice has a say."""

from tidings.kit.problem import Problem


class MalformedBody(Problem):
    """The body cannot be read as JSON in UTF-8."""

    status = 400
    slug = "malformed-body"
    title = "Malformed body"


class MethodNotAllowed(Problem):
    """This path does not know this method; the `Allow` field names those that it knows."""

    status = 405
    slug = "method-not-allowed"
    title = "Method not allowed"


class Collision(Problem):
    """Another request has just taken what this one asked for: read it again, and decide anew."""

    status = 409
    slug = "collision"
    title = "Collision"


class BodyTooLarge(Problem):
    """The body is larger than this path takes; `limit_bytes` says how much that is."""

    status = 413
    slug = "body-too-large"
    title = "Body too large"


class UnsupportedMediaType(Problem):
    """The body must be `application/json` in UTF-8, without a content coding."""

    status = 415
    slug = "unsupported-media-type"
    title = "Unsupported media type"


class Unexpected(Problem):
    """Something went wrong on our side; nothing was stored. Tell us the `instance`, it is in our log."""

    status = 500
    slug = "unexpected"
    title = "Unexpected"
