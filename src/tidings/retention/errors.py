"""The refusals of this slice."""

from tidings.kit.problem import Problem


class HoldReleased(Problem):
    """The hold was released already, at `released_at`: place a new one if it is needed again."""

    status = 409
    slug = "hold-released"
    title = "Hold released"


class ExportNotReady(Problem):
    """The export is still being made: ask again in a moment."""

    status = 409
    slug = "export-not-ready"
    title = "Export not ready"


class ExportExpired(Problem):
    """The export has been deleted, because its time was over or the person was erased: ask for a new one."""

    status = 410
    slug = "export-expired"
    title = "Export expired"
