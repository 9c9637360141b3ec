"""The refusals of this slice."""

from tidings.kit.problem import Problem


class TaskClosed(Problem):
    """The task has its outcome already (see `task`): it cannot be closed a second time."""

    status = 409
    slug = "task-closed"
    title = "Task closed"
