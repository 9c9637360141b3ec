"""What reviews refuse."""

from tidings.kit.problem import Problem


class ReviewConcluded(Problem):
    """The review has its outcome already; `concluded_by` says who recorded it. A new cause opens a new review."""

    status = 409
    slug = "review-concluded"
    title = "Review already concluded"
