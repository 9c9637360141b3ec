"""What a data folder keeps stays the same from start to start, and is nobody else's to read."""

from pathlib import Path

from cryptography.fernet import Fernet

from tidings.cli.dev.keepsakes import demo_key, signing_key, vault_key
from tidings.records.signing import Signer
from tidings.storefronts.issue_key import mode_of_key


def test_the_same_keys_at_every_start(tmp_path: Path):
    assert vault_key(tmp_path) == vault_key(tmp_path)
    assert demo_key(tmp_path) == demo_key(tmp_path)
    assert signing_key(tmp_path) == signing_key(tmp_path)


def test_they_are_what_they_should_be(tmp_path: Path):
    Fernet(vault_key(tmp_path))
    Signer([signing_key(tmp_path)])
    assert mode_of_key(demo_key(tmp_path)) == "test"


def test_two_folders_have_two_keys(tmp_path: Path):
    (tmp_path / "other").mkdir()
    assert demo_key(tmp_path) != demo_key(tmp_path / "other")


def test_each_demo_storefront_has_a_key_of_its_own(tmp_path: Path):
    assert demo_key(tmp_path, "demo-life") != demo_key(tmp_path)


def test_nobody_else_may_read_them(tmp_path: Path):
    demo_key(tmp_path)
    vault_key(tmp_path)
    signing_key(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.key")} == {0o600}


def test_an_empty_file_of_a_killed_start_is_made_anew(tmp_path: Path):
    (tmp_path / "demo.key").write_text("")
    assert mode_of_key(demo_key(tmp_path)) == "test"
