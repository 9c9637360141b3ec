"""What issues refuse."""

from tidings.kit.problem import Problem


class IssueResolved(Problem):
    """The issue has been resolved already; `resolved_by` says by whom."""

    status = 409
    slug = "issue-resolved"
    title = "Issue already resolved"
