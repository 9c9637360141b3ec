"""Which version of its wording a milestone is at: `files/versions.toml` has the digest of each, oldest first.

A message keeps the number of the version that worded it. So wording must not change under a number: a test compares
the newest digest with the files, and `stamp` adds a version where they differ.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tidings.templates.catalogue import Catalogue, MilestoneFiles, read

FILE: Final = "versions.toml"
_HEAD: Final = """\
# SHA-256 over all files that go into a milestone's messages, one line for each version, newest last.
# Written by `tidings templates stamp`; a version that has been sent is never taken out.
"""


def digest(catalogue: Catalogue, milestone: MilestoneFiles) -> str:
    """What the milestone's wording is now: its own folder, the blocks and layouts it uses, and the labels."""
    found = hashlib.sha256()
    for path in sorted(_files(catalogue.folder, milestone)):
        content = path.read_bytes()
        name = path.relative_to(catalogue.folder).as_posix()
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()


def unstamped(catalogue: Catalogue) -> list[str]:
    """The milestones whose files are not those of their newest version."""
    return [
        milestone.name
        for milestone in catalogue.milestones.values()
        if milestone.digests[-1:] != (digest(catalogue, milestone),)
    ]


def stamp(folder: Path) -> list[str]:
    """Give every milestone whose files have changed its next version.

    Args:
        folder: the wording's folder; its versions.toml is written.

    Returns:
        The milestones that have a new version now.
    """
    catalogue = read(folder)
    changed = unstamped(catalogue)
    path = folder / FILE
    versions: dict[str, Sequence[str]] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in changed:
        versions[name] = [*versions.get(name, ()), digest(catalogue, catalogue.milestones[name])]
    path.write_text(_HEAD + "".join(_entry(name, versions[name]) for name in sorted(versions)), "utf-8")
    return changed


def _entry(name: str, digests: Sequence[str]) -> str:
    lines = "".join(f'  "{each}",\n' for each in digests)
    return f"\n{name} = [\n{lines}]\n"


def _files(folder: Path, milestone: MilestoneFiles) -> Iterator[Path]:
    yield from (folder / milestone.name).glob("*.toml")
    yield from (folder / "labels").glob("*.toml")
    yield from (folder / "layouts").glob("email.*")
    for block in milestone.blocks:
        yield folder / "blocks" / f"{block}.mjml"
        yield folder / "blocks" / f"{block}.txt"
