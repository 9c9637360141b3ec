"""The wording of the product, compiled once; and a copy of its files to spoil."""

import shutil
from pathlib import Path

import pytest

from tests.unit.templates.making import only
from tidings.templates.catalogue import FILES
from tidings.templates.render import Templates


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates.load()


@pytest.fixture
def wording(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FILES, tmp_path / "files"))


@pytest.fixture
def confirmation(wording: Path) -> Path:
    """Only the confirmation of it, in four languages, which is quicker to read."""
    return only(wording, "order_confirmation")
