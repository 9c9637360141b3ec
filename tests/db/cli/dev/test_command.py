"""`tidings dev`'s options."""

from pathlib import Path

import pytest

from tests.fixtures.command_line import Tidings


@pytest.mark.parametrize("key", ["td_test_short", "sk_live_0123456789abcdef", "td_live_0123456789abcde!"])
def test_a_key_that_is_none_is_refused_before_anything_is_started(tidings: Tidings, tmp_path: Path, key: str):
    done = tidings("dev", "--data-dir", str(tmp_path / "data"), "--api-key", key)
    assert done.exit_code == 1
    assert "must be td_live_ or td_test_ and 16 or more letters, digits, `_`, `-`" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_none_is_a_usage_error(tidings: Tidings):
    assert tidings("dev", "--port", "70000").exit_code == 2


def test_a_folder_that_cannot_be_is_told_in_a_sentence(tidings: Tidings, tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = tidings("dev", "--port", "0", "--data-dir", str(tmp_path / "file"))
    assert done.exit_code == 1
    assert done.stderr.startswith("tidings: the data folder")
