"""PostgreSQL's own account, and the one right that lets it walk to its data."""

import os
import pwd
import struct
import subprocess
from pathlib import Path

import pytest

from tidings.cli.embedded import account
from tidings.cli.embedded.account import Account, let_reach, other_account, our_name, with_search_right
from tidings.cli.embedded.errors import FolderClosed

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
NO_ID = 0xFFFFFFFF


def entries(acl: bytes) -> dict[tuple[int, int], int]:
    assert struct.unpack("<I", acl[:4]) == (2,)
    return {(tag, owner): right for tag, right, owner in struct.iter_unpack("<HHI", acl[4:])}


def test_a_folder_without_a_list_gets_one_with_its_mode_and_one_more_right():
    acl = with_search_right(None, 0o700, 1234)
    assert entries(acl) == {(1, NO_ID): 7, (2, 1234): 1, (4, NO_ID): 0, (16, NO_ID): 1, (32, NO_ID): 0}


def test_what_a_list_says_already_stays():
    first = with_search_right(None, 0o750, 1234)
    second = with_search_right(first, 0o750, 5678)
    assert entries(second) == entries(first) | {(2, 5678): 1}


def test_giving_the_right_twice_changes_nothing():
    once = with_search_right(None, 0o700, 1234)
    assert with_search_right(once, 0o700, 1234) == once


def test_entries_stand_in_the_order_that_the_kernel_wants():
    acl = with_search_right(with_search_right(None, 0o700, 9), 0o700, 3)
    tags = [(tag, owner) for tag, _, owner in struct.iter_unpack("<HHI", acl[4:])]
    assert tags == sorted(tags)


def test_our_account_has_a_name():
    assert our_name()


@AS_ROOT
def test_root_is_given_another_account(tmp_path: Path):
    given = other_account(tmp_path / "not made yet")
    assert given is not None
    assert given.uid != 0


@AS_ROOT
def test_data_that_has_an_owner_is_run_by_that_owner(tmp_path: Path):
    home = tmp_path / "postgres"
    home.mkdir()
    os.chown(home, 4321, 4322)
    assert other_account(home) == Account(4321, 4322)


@AS_ROOT
def test_the_account_reaches_what_lies_in_a_closed_folder_and_nobody_else_does(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("news")
    (closed / "file").chmod(0o644)

    let_reach(closed / "file", Account(4321, 4321))

    assert _read_as(4321, closed / "file") == 0
    assert _read_as(4322, closed / "file") != 0


def _read_as(uid: int, path: Path) -> int:
    command = ["cat", str(path)]
    return subprocess.run(command, user=uid, group=uid, extra_groups=[], capture_output=True, check=False).returncode


def test_on_a_file_system_without_lists_everybody_may_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def without_lists(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "setxattr", without_lists)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    let_reach(closed / "file", Account(4321, 4321))
    assert closed.stat().st_mode & 0o777 == 0o701


def test_where_no_account_can_be_made_nobody_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "ACCOUNT", "tidings-not-there")
    monkeypatch.setenv("PATH", str(tmp_path))
    nobody = pwd.getpwnam("nobody")
    assert other_account(tmp_path / "data") == Account(nobody.pw_uid, nobody.pw_gid)


def test_where_there_is_not_even_nobody_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(account, "_entry", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FolderClosed, match="run tidings as a normal user"):
        other_account(tmp_path / "data")


def test_a_normal_user_needs_no_other_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    assert other_account(tmp_path) is None


def test_a_user_without_a_name_is_told_why_that_will_not_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 43219)
    with pytest.raises(FolderClosed, match="user id 43219 has no name on this machine"):
        our_name()
