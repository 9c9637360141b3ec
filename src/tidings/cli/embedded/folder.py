"""The data folder: one tidings at a time, and a place for sockets whose path is short enough."""

import fcntl
import hashlib
import os
import re
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tidings.cli.embedded.errors import FolderClosed, FolderInUse

# A Unix socket's path has 107 bytes; the longest name below a socket folder is `postgres/.s.PGSQL.5432`.
LONGEST_SOCKET_FOLDER = 80
# Goes into URLs as it is.
PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")


class DataFolder:
    """A folder that is ours while the block is open.

    The lock is the kernel's (`flock`), so it is free again the moment its holder dies, however it dies.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / "tidings.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            message = (
                f"the data folder {self.path} cannot be written ({error.strerror}): choose another with --data-dir"
            )
            raise FolderClosed(message) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another tidings"
            os.close(descriptor)
            raise FolderInUse(self.path, holder) from error
        self._lock = descriptor
        self.describe(f"the tidings with process id {os.getpid()}")
        ignore = self.path / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def describe(self, holder: str) -> None:
        """Say who we are, for the error message of whoever comes second."""
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{holder}\n".encode(), 0)


def socket_folder(data: Path) -> Path:
    """Where a data folder's sockets go: inside it or, when its path is too long or odd, in the temporary one."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(inside)):
        inside.mkdir(exist_ok=True)
        return inside
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()) / f"tidings-{os.geteuid()}-{name}"
    # Others can walk through (Postgres may run as another user) and not list; the folders below are closed.
    outside.mkdir(mode=0o711, exist_ok=True)
    state = outside.lstat()
    # In a temporary folder anybody may have made that name first: then it is not ours to use.
    if state.st_uid != os.geteuid() or outside.is_symlink():
        message = f"{outside} belongs to somebody else and is needed for sockets: remove it, or set TMPDIR"
        raise FolderClosed(message)
    return outside


def private_folder(path: Path, owner: tuple[int, int] | None = None) -> Path:
    """A folder that only its owner can look into, made if missing."""
    path.mkdir(mode=0o700, exist_ok=True)
    if owner is not None:
        os.chown(path, *owner)
    path.chmod(0o700)
    return path
