"""The refusals of this slice."""

from tidings.kit.problem import Problem


class NotSigned(Problem):
    """The callback does not carry the provider's valid signature over exactly these bytes; nothing was stored."""

    status = 403
    slug = "callback-not-signed"
    title = "Callback not signed"


class Unreadable(Problem):
    """The callback is signed, but makes no sense as a whole; nothing was stored."""

    status = 400
    slug = "callback-unreadable"
    title = "Callback unreadable"


class CallbackTooLarge(Problem):
    """The callback is larger than this provider's callbacks may be; `limit_bytes` says how much that is."""

    status = 413
    slug = "callback-too-large"
    title = "Callback too large"
