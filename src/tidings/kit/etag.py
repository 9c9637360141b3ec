"""Two people change one thing: the second is told, instead of undoing the first (RFC 9110, If-Match)."""

from tidings.kit.problem import PreconditionFailed


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def check_if_match(if_match: str | None, version: int) -> None:
    """Go on only if the caller knows this version; a caller who does not say which it knows may go on.

    Raises:
        PreconditionFailed: the caller knows another one.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if etag(version) not in [tag.strip() for tag in if_match.split(",")]:
        raise PreconditionFailed(headers={"ETag": etag(version)})
