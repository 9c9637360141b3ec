"""The document is written by the command line's way in."""

from pathlib import Path

from tidings.api.openapi import write


def test_it_is_written_without_a_database(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "openapi.json")
    assert '"openapi": "3.1.0"' in (tmp_path / "deep" / "openapi.json").read_text()
