"""If-Match: a change is made to the version that its author has read, or not at all (RFC 9110, 13.1.1)."""

from tidings.kit.etag import etag
from tidings.kit.problem import PreconditionFailed
from tidings.orders.errors import PreconditionRequired


def is_named(header: str, version: int) -> bool:
    """Whether an If-Match or If-None-Match names this version, or any."""
    named = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return not named.isdisjoint({"*", etag(version)})


def check_precondition(if_match: str | None, version: int) -> None:
    """Let pass what names this version, or `*`.

    Raises:
        PreconditionRequired: no version is named.
        PreconditionFailed: another one is.
    """
    if if_match is None or not if_match.strip():
        raise PreconditionRequired
    # A weak tag (a proxy that compresses makes one of ours) is as good: a version is one set of values.
    if not is_named(if_match, version):
        raise PreconditionFailed(headers={"ETag": etag(version)})
