"""The wording as it lies in files: read, and refused at once if a part of it is missing or misspelt.

files/
  layouts/ blocks/      what e-mails are built of, the same for all milestones and languages
  labels/<locale>.toml  headings and shared words
  <milestone>/template.toml, <milestone>/<locale>.toml
  versions.toml         the digests of every version, newest last
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tidings.storefronts.kinds import CHANNELS, Channel
from tidings.templates.errors import Unrenderable
from tidings.templates.language import Labels
from tidings.templates.sections.table import SECTIONS

FILES: Final = Path(__file__).parent / "files"
_SHARED: Final = frozenset({"layouts", "blocks", "labels"})

# What each channel is worded as.
FIELDS: Final[Mapping[Channel, Mapping[str, type]]] = {
    "email": {"subject": str, "preheader": str, "heading": str, "paragraphs": list},
    "sms": {"text": str},
    "push": {"title": str, "body": str},
    "voice": {"text": str},
}

# Words for codes in the labels, and what the codes are.
GROUPS: Final = (
    "issue",  # kinds of issues: what has happened
    "next_steps",  # kinds of issues: what comes next
    "part",  # parts of an order that can change
    "contact_part",  # contact details that can change
    "reason",  # codes of reasons for a cancellation
    "method",  # ways to pay
    "document",  # kinds of documents
    "promise",  # milestones, as staff calls what is promised
)

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MilestoneFiles:
    """One milestone's folder."""

    name: str
    # Sections of the snapshot that must be there.
    needs: tuple[str, ...]
    blocks: tuple[str, ...]
    # `order` or `parcel`: its schema.org description.
    markup: str | None
    # What the check looks for, in e-mails, in text messages and in calls.
    tells: tuple[str, ...]
    tells_shortly: tuple[str, ...]
    tells_aloud: tuple[str, ...]
    # By locale, by channel.
    wording: Mapping[str, Mapping[Channel, Words]]
    # SHA-256 over all that goes into its messages, one for each version.
    digests: tuple[str, ...]

    @property
    def version(self) -> int:
        """The number of the newest version, from 1."""
        return len(self.digests)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it."""

    folder: Path
    labels: Mapping[str, Labels]
    milestones: Mapping[str, MilestoneFiles]
    # The sources of layouts and blocks, by their paths in the folder.
    sources: Mapping[str, str]

    def layout(self, kind: str, blocks: tuple[str, ...]) -> str:
        """The source of an e-mail with its blocks in place.

        Args:
            kind: `mjml` or `txt`.
            blocks: from top to bottom.
        """
        joint = "\n" if kind == "mjml" else "\n\n"
        parts = [self.sources[f"blocks/{block}.{kind}"].rstrip() for block in blocks]
        return self.sources[f"layouts/email.{kind}"].replace("<blocks />", joint.join(parts))


def read(folder: Path = FILES) -> Catalogue:
    """Read a folder of wording.

    Raises:
        Unrenderable: a file is not TOML, or a part of the wording is missing or unknown.
    """
    labels = {path.stem: _labels(path) for path in sorted((folder / "labels").glob("*.toml"))}
    versions = _toml(folder / "versions.toml") if (folder / "versions.toml").exists() else {}
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in _SHARED]
    milestones = {path.name: _milestone(path, tuple(versions.get(path.name, ()))) for path in folders}
    for milestone in milestones.values():
        for locale in milestone.wording.keys() - labels.keys():
            raise Unrenderable("has no labels", f"{milestone.name}/{locale}.toml")
    return Catalogue(folder, labels, milestones, _sources(folder, milestones.values()))


def _sources(folder: Path, milestones: Iterable[MilestoneFiles]) -> dict[str, str]:
    paths = [path for kind in ("layouts", "blocks") for path in sorted((folder / kind).iterdir())]
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
    for milestone in milestones:
        wanted = {f"blocks/{block}.{kind}" for block in milestone.blocks for kind in ("mjml", "txt")}
        if unknown := wanted - found.keys():
            raise Unrenderable(f"has unknown blocks: {', '.join(sorted(unknown))}", f"{milestone.name}/template.toml")
    return found


def _labels(path: Path) -> Labels:
    found = _toml(path)
    try:
        return Labels(
            text=found["text"],
            counted=found["counted"],
            missing=found["missing"],
            groups={group: found[group] for group in GROUPS},
            sms_date=found.get("sms_date"),
            gsm7=found.get("gsm7", False),
            # `plain = "ąa ćc"`: pairs of a letter and what stands for it.
            plain=str.maketrans(dict(found.get("plain", "").split())),
        )
    except KeyError as missing:
        raise Unrenderable(f"lacks {missing}", f"labels/{path.name}") from missing


def _milestone(folder: Path, digests: tuple[str, ...]) -> MilestoneFiles:
    where = f"{folder.name}/template.toml"
    plan = _toml(folder / "template.toml")
    lists = {name: tuple(plan.pop(name, ())) for name in ("needs", "blocks", "tells", "tells_shortly", "tells_aloud")}
    markup = plan.pop("markup", None)
    if plan:
        raise Unrenderable(f"has unknown entries: {', '.join(plan)}", where)
    if unknown := set(lists["needs"]) - SECTIONS.keys():
        raise Unrenderable(f"needs unknown sections: {', '.join(sorted(unknown))}", where)
    wording = {path.stem: _wording(path) for path in sorted(folder.glob("*.toml")) if path.name != "template.toml"}
    return MilestoneFiles(name=folder.name, markup=markup, wording=wording, digests=digests, **lists)


def _wording(path: Path) -> dict[Channel, Words]:
    where = f"{path.parent.name}/{path.name}"
    found = _toml(path)
    if found.keys() != set(CHANNELS):
        raise Unrenderable(f"words {', '.join(found)} instead of {', '.join(CHANNELS)}", where)
    for channel in CHANNELS:
        fields = FIELDS[channel]
        if {name: type(value) for name, value in found[channel].items()} != fields:
            raise Unrenderable(f"[{channel}] must have exactly {', '.join(fields)}", where)
    return {channel: found[channel] for channel in CHANNELS}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Unrenderable(f"cannot be read: {type(fault).__name__}", f"{path.parent.name}/{path.name}") from fault
