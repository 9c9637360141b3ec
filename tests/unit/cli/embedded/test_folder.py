"""The data folder: one tidings at a time, and sockets whose path is short enough."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidings.cli.embedded.errors import FolderClosed, FolderInUse
from tidings.cli.embedded.folder import DataFolder, private_folder, socket_folder

HOLD = """
import sys, time
from pathlib import Path
from tidings.cli.embedded.folder import DataFolder
with DataFolder(Path(sys.argv[1])) as folder:
    folder.describe("the tidings of the test")
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_folder_is_made_with_all_above_it_and_kept_out_of_git(tmp_path: Path):
    with DataFolder(tmp_path / "a" / "b") as folder:
        assert (folder.path / ".gitignore").read_text() == "*\n"


def test_a_second_one_is_told_who_has_it(tmp_path: Path):
    with DataFolder(tmp_path) as folder:
        folder.describe("the tidings on port 1")
        with pytest.raises(FolderInUse, match="in use by the tidings on port 1: stop that one"), DataFolder(tmp_path):
            pass


def test_it_is_free_again_afterwards(tmp_path: Path):
    with DataFolder(tmp_path):
        pass
    with DataFolder(tmp_path) as folder:
        assert folder.path == tmp_path


def test_it_is_free_again_when_its_holder_was_killed(tmp_path: Path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(FolderInUse, match="the tidings of the test"), DataFolder(tmp_path):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with DataFolder(tmp_path) as folder:
        assert folder.path == tmp_path


def test_a_folder_that_cannot_be_written_is_refused_with_the_way_out(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderClosed, match="choose another with --data-dir"), DataFolder(tmp_path / "file" / "data"):
        pass


def test_sockets_lie_in_the_folder_if_its_path_is_short():
    short = Path("/tmp") / f"t{os.getpid()}"  # noqa: S108 - the shortest there is
    short.mkdir()
    try:
        assert socket_folder(short) == short / "run"
    finally:
        (short / "run").rmdir()
        short.rmdir()


@pytest.mark.parametrize("name", ["x" * 120, "a name with blanks", "100% tea"])
def test_sockets_lie_elsewhere_if_its_path_is_long_or_odd(tmp_path: Path, name: str):
    data = tmp_path / name
    data.mkdir()
    found = socket_folder(data)
    try:
        assert found.parent != data
        assert len(os.fsencode(found / "postgres" / ".s.PGSQL.5432")) <= 107
        assert socket_folder(data) == found
        assert found.stat().st_mode & 0o777 == 0o711
    finally:
        found.rmdir()


def test_a_socket_folder_that_somebody_else_made_first_is_refused(tmp_path: Path):
    data = tmp_path / ("x" * 120)
    data.mkdir()
    found = socket_folder(data)
    found.rmdir()
    found.symlink_to(tmp_path)
    try:
        with pytest.raises(FolderClosed, match="belongs to somebody else"):
            socket_folder(data)
    finally:
        found.unlink()


def test_a_private_folder_is_closed_even_if_it_was_open(tmp_path: Path):
    (tmp_path / "open").mkdir(mode=0o777)
    assert private_folder(tmp_path / "open").stat().st_mode & 0o777 == 0o700
