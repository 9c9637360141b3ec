"""What the inbox page refuses."""

from tidings.kit.problem import Problem


class ForeignPage(Problem):
    """The inbox takes orders from its own page only, not from another site that is open in the same browser."""

    status = 403
    slug = "foreign-page"
    title = "Foreign page"


class NoSuchAct(Problem):
    """This cannot be done with a message of the inbox."""

    status = 422
    slug = "no-such-act"
    title = "No such act"


class NothingToRepeat(Problem):
    """No callback of this message has been posted yet; wait for the first one."""

    status = 409
    slug = "nothing-to-repeat"
    title = "Nothing to repeat"
