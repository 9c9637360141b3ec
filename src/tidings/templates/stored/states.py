"""Where a version of a shop's own wording stands, and which way it may go."""

from typing import Literal, get_args

TemplateStatus = Literal[
    "draft",  # being written; the only status in which its words change
    "in_review",  # submitted, found sound; waits for somebody else's word, and then to be published
    "published",  # what messages are worded with from now on; one for each milestone
    "retired",  # another took its place, or it was taken out; messages keep what they were worded with
]

TEMPLATE_STATUSES: tuple[TemplateStatus, ...] = get_args(TemplateStatus)

NEXT_OF_TEMPLATE: dict[TemplateStatus, dict[TemplateStatus, str]] = {
    "draft": {"in_review": "submit", "retired": "discard"},
    "in_review": {"draft": "reject", "published": "publish", "retired": "discard"},
    "published": {"retired": "retire"},
    # Its words come back as a new version (roll back).
    "retired": {},
}
