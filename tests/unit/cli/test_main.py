"""The command line as a whole."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from tidings.cli.main import COMMANDS, GROUPS, app

runner = CliRunner()


def test_the_version_is_told():
    assert runner.invoke(app, ["--version"]).stdout == f"tidings {version('tidings')}\n"


def test_every_command_is_listed_with_what_it_does():
    listed = runner.invoke(app, ["--help"]).stdout
    for command in (*(each.__name__.replace("_", "-") for each in COMMANDS), *GROUPS):
        assert command in listed


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_a_group_without_a_verb_says_which_there_are(group: str):
    assert "Commands" in runner.invoke(app, [group]).output


def test_what_is_not_known_is_a_usage_error():
    assert runner.invoke(app, ["send-everything"]).exit_code == 2


@pytest.mark.timeout(90)
def test_it_is_a_module_too():
    done = subprocess.run([sys.executable, "-m", "tidings", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("tidings ")
