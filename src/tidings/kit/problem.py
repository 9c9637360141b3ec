"""Refusals as classes (RFC 9457): one class per refusal, its docstring is the `detail` and the manual page."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (RFC 6901 pointer into the body) and what."""

    pointer: str
    detail: str


class Problem(Exception):
    """The request could not be carried out."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "problem"
    title: ClassVar[str] = "Problem"

    def __init__(
        self,
        detail: str | None = None,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        self.detail = detail or inspect.getdoc(type(self)) or self.title
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.members = members
        super().__init__(self.detail)

    def body(self, instance: str | None = None) -> dict[str, Any]:
        """The problem document; extension members beside the standard ones."""
        document: dict[str, Any] = {
            "type": f"urn:tidings:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if instance is not None:
            document["instance"] = instance
        if self.faults:
            document["errors"] = [{"pointer": f.pointer, "detail": f.detail} for f in self.faults]
        return document | self.members


class InvalidInput(Problem):
    """The request is not valid; every fault found is listed under `errors`."""

    status = 422
    slug = "invalid-input"
    title = "Invalid input"


class NotFound(Problem):
    """There is no such resource for this key."""

    status = 404
    slug = "not-found"
    title = "Not found"


class PreconditionFailed(Problem):
    """The resource has changed since it was read: fetch it again and repeat with its new ETag."""

    status = 412
    slug = "precondition-failed"
    title = "Precondition failed"


class Unavailable(Problem):
    """A part that tidings stands on (its database) does not answer right now; nothing was stored, try again."""

    status = 503
    slug = "unavailable"
    title = "Unavailable"
