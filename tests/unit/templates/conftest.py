"""The wording of the product, compiled once; and a copy of its files to spoil."""

import shutil
from pathlib import Path

import pytest

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
    """Only the confirmation of it, which is quicker to compile."""
    for folder in wording.glob("order_*"):
        if folder.name != "order_confirmation":
            shutil.rmtree(folder)
    return wording
