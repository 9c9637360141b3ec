"""Derives `templates/checks/mail_clients.toml` from caniemail's data: which of the large mail clients lack what.

    python -m scripts.mail_clients <checkout of github.com/hteumeuleu/caniemail> <its commit's date>

Neither doiuse-email nor caniemail is on PyPI, so what the check of e-mails needs is kept as a list of our own: only the
names of features and of the clients that lack them, from the newest test of each.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

TARGET: Final = Path(__file__).parent.parent / "src/tidings/templates/checks/mail_clients.toml"

# What most customers read their mail with, by caniemail's family and platform.
CLIENTS: Final[Mapping[tuple[str, str], str]] = {
    ("apple-mail", "ios"): "Apple Mail (iOS)",
    ("apple-mail", "macos"): "Apple Mail (macOS)",
    ("gmail", "android"): "Gmail (Android)",
    ("gmail", "desktop-webmail"): "Gmail (web)",
    ("gmail", "ios"): "Gmail (iOS)",
    ("outlook", "outlook-com"): "Outlook.com",
    ("outlook", "windows"): "Outlook (Windows)",
    ("samsung-email", "android"): "Samsung Email",
    ("yahoo", "desktop-webmail"): "Yahoo! Mail (web)",
    ("yahoo", "ios"): "Yahoo! Mail (iOS)",
}
_HEAD: Final = """\
# What large mail clients lack. Derived by scripts/mail_clients.py from caniemail.com's data, as of {date}
# (github.com/hteumeuleu/caniemail, MIT License, Copyright (c) 2019 Remi Parmentier): names of features, and of the
# clients whose newest test there says "no".
"""
_FRONT: Final = re.compile(r"^---\s*$", re.MULTILINE)
_KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    "element": re.compile(r"<([a-z0-9]+)> element"),
    "rule": re.compile(r"(@[a-z-]+)"),
    "declaration": re.compile(r"([a-z-]+:[a-z-]+)"),
    "property": re.compile(r"([a-z]+(?:-[a-z]+)+|[a-z]{4,})(?: property)?"),
}


def main() -> None:
    """Write the list."""
    checkout, date = Path(sys.argv[1]), sys.argv[2]
    found: dict[str, dict[str, list[str]]] = {kind: {} for kind in _KINDS}
    for path in sorted((checkout / "_features").glob("*.md")):
        for kind, name, without in _features(path):
            found[kind][name] = without
    parts = [_HEAD.format(date=date)]
    for kind, features in found.items():
        lines = [f'"{name}" = [{", ".join(f"{client!r}" for client in features[name])}]' for name in sorted(features)]
        parts.append("\n".join([f"[{kind}]", *lines]).replace("'", '"'))
    TARGET.write_text("\n\n".join(part.rstrip() for part in parts) + "\n", "utf-8")


def _features(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    front = yaml.safe_load(_FRONT.split(path.read_text("utf-8"))[1].replace("\t", " "))
    title, category = str(front.get("title", "")), front.get("category")
    without = _without(front.get("stats") or {})
    if not without or category not in {"css", "html"}:
        return
    for each in title.split(", "):
        for kind, form in _KINDS.items():
            match = form.fullmatch(each)
            if match and (kind == "element") is (category == "html"):
                yield kind, match[1], without
                break


def _without(stats: Mapping[str, Any]) -> list[str]:
    """The clients whose newest test says no."""
    lacking = []
    for (family, platform), client in CLIENTS.items():
        tests = (stats.get(family) or {}).get(platform) or {}
        newest = list(tests.values())[-1] if tests else ""
        if str(newest).startswith("n"):
            lacking.append(client)
    return lacking


if __name__ == "__main__":
    main()
