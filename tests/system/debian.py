"""Programs out of Debian packages: found, or the test fails with the line that installs them. Nothing is skipped."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = Path(__file__).with_name("debian-packages.txt")


def program(name: str, package: str, *folders: str) -> str:
    """Where a program is."""
    assert package in PACKAGES.read_text().split(), f"name {package} in {PACKAGES.name}, so that it gets installed"
    path = os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=path)
    assert found, f"{name} is not installed: apt-get install --no-install-recommends {package}"
    return found


def account() -> str | None:
    """Servers refuse to run as root: the account that the Debian package has made for them."""
    return "postgres" if os.geteuid() == 0 else None


def give(path: Path) -> Path:
    """Let the servers' account own a folder."""
    path.mkdir(parents=True, exist_ok=True)
    if owner := account():
        shutil.chown(path, owner)
    return path


@contextmanager
def server(*command: str, log: Path, ready: Callable[[], bool], stop_with: int) -> Iterator[None]:
    """A server from here to the end of the block."""
    with log.open("wb") as output:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=account(),
            extra_groups=[] if account() else None,
        )
    try:
        until(lambda: child.poll() is not None or ready(), what=lambda: log.read_text(errors="replace"))
        assert child.poll() is None, log.read_text(errors="replace")
        yield
    finally:
        child.send_signal(stop_with)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def until(holds: Callable[[], bool], *, seconds: float = 30, what: Callable[[], str] = str) -> None:
    """Wait for something, or fail and say what was seen."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)
