"""Who PostgreSQL runs as. It refuses to run as root, so under root it gets an account of its own."""

import contextlib
import os
import pwd
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tidings.cli.embedded.errors import FolderClosed

ACCOUNT = "tidings-postgres"

_ACL_ATTRIBUTE = "system.posix_acl_access"
_ACL_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_SEARCH = 0o1


@dataclass(frozen=True, slots=True)
class Account:
    """A system account."""

    uid: int
    gid: int


def our_name() -> str:
    """The name of the account that this process runs as; PostgreSQL knows its peers by name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        message = f"user id {os.geteuid()} has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd"
        raise FolderClosed(message) from error


def other_account(home: Path) -> Account | None:
    """The account that PostgreSQL must run as; None when it may run as we do.

    Args:
        home: its data; what has an owner already is run by that owner (it was made by a run as a normal user).
    """
    if os.geteuid() != 0:
        return None
    if home.exists() and (owner := home.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = _entry(ACCOUNT) or _made(ACCOUNT) or _entry("nobody")
    if entry is None:
        message = "PostgreSQL does not run as root and no other account can be made here: run tidings as a normal user"
        raise FolderClosed(message)
    return Account(entry.pw_uid, entry.pw_gid)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made(name: str) -> pwd.struct_passwd | None:
    # A second tidings may be making it at the same moment (then this one fails and finds it), and small images have
    # no useradd at all.
    with contextlib.suppress(OSError):
        subprocess.run(  # noqa: S603 - a fixed command
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],  # noqa: S607 - where it is differs
            check=False,
            capture_output=True,
        )
    return _entry(name)


def let_reach(path: Path, account: Account) -> None:
    """Let an account walk to a path: its closed parents get an access entry for that one account, search only."""
    for parent in path.resolve().parents:
        state = parent.stat()
        owns = state.st_uid == account.uid and state.st_mode & stat.S_IXUSR
        if state.st_mode & stat.S_IXOTH or owns:
            continue
        try:
            os.setxattr(parent, _ACL_ATTRIBUTE, with_search_right(_acl(parent), state.st_mode, account.uid))
        except (OSError, AttributeError):
            # A file system, or a system, without access lists.
            parent.chmod(stat.S_IMODE(state.st_mode) | stat.S_IXOTH)


def _acl(path: Path) -> bytes | None:
    try:
        return os.getxattr(path, _ACL_ATTRIBUTE)
    except OSError:
        return None


def with_search_right(acl: bytes | None, mode: int, uid: int) -> bytes:
    """The access list (or, without one, the mode) with one more right: this user may search the folder."""
    entries = _parsed(acl) if acl else _of_mode(mode)
    entries[_USER, uid] = entries.get((_USER, uid), 0) | _SEARCH
    entries[_MASK, _NO_ID] = entries.get((_MASK, _NO_ID), entries[_GROUP_OBJ, _NO_ID]) | _SEARCH
    packed = (struct.pack("<HHI", tag, right, owner) for (tag, owner), right in sorted(entries.items()))
    return struct.pack("<I", _ACL_VERSION) + b"".join(packed)


def _parsed(acl: bytes) -> dict[tuple[int, int], int]:
    return {(tag, owner): right for tag, right, owner in struct.iter_unpack("<HHI", acl[4:])}


def _of_mode(mode: int) -> dict[tuple[int, int], int]:
    return {
        (_USER_OBJ, _NO_ID): mode >> 6 & 0o7,
        (_GROUP_OBJ, _NO_ID): mode >> 3 & 0o7,
        (_OTHER, _NO_ID): mode & 0o7,
    }
