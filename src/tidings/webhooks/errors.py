"""The refusals of this slice."""

from tidings.kit.problem import Problem


class TooManyEndpoints(Problem):
    """This storefront and mode has as many webhook endpoints as it may: remove one that is not used any more."""

    status = 409
    slug = "too-many-endpoints"
    title = "Too many endpoints"
