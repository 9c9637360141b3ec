from pathlib import Path

from tests.unit.records.test_heads import made
from tidings.records.heads import read_heads
from tidings.records.publish import HeadsFile


def test_heads_are_appended_a_line_each(tmp_path: Path) -> None:
    path, heads = tmp_path / "heads.jsonl", [made(), made()]
    for head in heads:
        HeadsFile(path)(head)
    assert read_heads(path.read_text()) == heads


def test_a_file_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    HeadsFile(tmp_path / "missing" / "heads.jsonl")(made())
