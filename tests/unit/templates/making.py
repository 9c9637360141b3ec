"""Materials as sections find them, and folders of wording with little in them."""

import shutil
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tidings.templates.catalogue import read
from tidings.templates.formats import nearest_formats
from tidings.templates.language import Labels, Language
from tidings.templates.samples import snapshot
from tidings.templates.sections.material import Material
from tidings.templates.sections.table import SECTIONS

LABELS = read().labels
SHARED = ("layouts", "blocks", "labels")


def material(sample="short", milestone="order_dispatched", tag="en", home="DE", **changes) -> Material:
    """A sample's material, with the order changed; in English words, and another language's ways of writing."""
    found = snapshot(sample, milestone)
    found["order"] |= deepcopy(changes)
    return made_of(found, tag, home)


def made_of(snapshot: dict[str, Any], tag="en", home="DE", labels: Labels = LABELS["en"]) -> Material:
    """The material of a snapshot."""
    language = Language("en", labels, nearest_formats(tag))
    names = {
        "order_url": "https://shop.example/o/1",
        "documents_url": "",
        "feedback_url": "",
        "contact": "a@b.example",
        "shop_name": "Tea",
    }
    return Material(snapshot["order"], snapshot, language, ZoneInfo("Europe/Berlin"), home, names)


def names(section: str, made: Material) -> dict[str, Any]:
    """What a section names."""
    SECTIONS[section](made)
    return made.names


def only(wording: Path, milestone: str, locales: Iterable[str] = ("en", "de", "fr", "es")) -> Path:
    """The folder with nothing but one milestone in some languages: quicker to read, compile and look over."""
    kept = {*SHARED, milestone}
    for folder in wording.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)
    words = [path for name in ("labels", milestone) for path in (wording / name).glob("*.toml")]
    for path in words:
        if path.stem not in {*locales, "template"}:
            path.unlink()
    return wording
