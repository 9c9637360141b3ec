"""What is installed is what was locked: pinned, hashed, fitting pyproject.toml, and from nowhere in particular."""

import re
import tomllib
from functools import lru_cache

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCKS = ("runtime", "dev", "installer", "build")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@lru_cache
def _locked(name: str) -> dict[str, tuple[Requirement, int]]:
    """Package → its pin, and how many hashes it has."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    pins = [(Requirement(line.split(" --hash=")[0].strip()), line.count("--hash=sha256:")) for line in lines]
    return {canonicalize_name(pin.name): (pin, hashes) for pin, hashes in pins}


def _group(name: str) -> list[str]:
    """A dependency group, with the groups that it includes."""
    wanted: list[str] = []
    for entry in PROJECT["dependency-groups"][name]:
        wanted += [entry] if isinstance(entry, str) else _group(entry["include-group"])
    return wanted


def _wanted(lock: str) -> list[str]:
    project = PROJECT["project"]
    return {
        "runtime": project["dependencies"],
        "dev": [*project["dependencies"], *project["optional-dependencies"]["embedded"], *_group("dev")],
        "installer": _group("installer"),
        "build": [*_group("build"), *PROJECT["build-system"]["requires"]],
    }[lock]


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_to_one_version_and_hashed(lock: str) -> None:
    assert _locked(lock)
    for pin, hashes in _locked(lock).values():
        assert [spec.operator for spec in pin.specifier] == ["=="], pin
        assert hashes, f"{pin} has no hash"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_declared_dependency_is_locked_in_a_version_that_fits(lock: str) -> None:
    for text in _wanted(lock):
        wanted = Requirement(text)
        pin, _ = _locked(lock)[canonicalize_name(wanted.name)]
        version = next(iter(pin.specifier)).version
        assert wanted.specifier.contains(version), f"{text}, but {pin} is locked: make lock"


def test_development_runs_on_the_versions_that_production_runs_on() -> None:
    dev = _locked("dev")
    for name, (pin, _) in _locked("runtime").items():
        assert dev[name][0].specifier == pin.specifier


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_to_fetch_from(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    assert not re.search(r"^\s*-(?!-hash=)|://|file:|@ ", text, re.MULTILINE)


def test_locks_hold_on_every_platform() -> None:
    """Universal: what only some platforms need carries a marker, instead of being left out."""
    pin, _ = _locked("runtime")["uvloop"]
    assert pin.marker is None or isinstance(pin.marker, Marker)
    assert {name for name, (pin, _) in _locked("dev").items() if pin.marker}, (
        "not one marker: was --universal forgotten?"
    )
