"""The command line as a whole."""

import inspect
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from tidings.cli.main import COMMANDS, app, loaded

runner = CliRunner()
GROUPS = [name for name, (where, _) in COMMANDS.items() if where.endswith(":app")]


def test_the_version_is_told():
    assert runner.invoke(app, ["--version"]).stdout == f"tidings {version('tidings')}\n"


def test_every_command_is_listed_with_what_it_does():
    listed = runner.invoke(app, ["--help"]).stdout
    for command, (_, line) in COMMANDS.items():
        assert f"│ {command} " in listed
        assert line.split()[0] in listed


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str):
    said = inspect.cleandoc(loaded(name).help or "").partition("\n\n")[0]
    assert " ".join(said.split()) == COMMANDS[name][1]


@pytest.mark.parametrize("group", GROUPS)
def test_the_list_names_all_verbs_of_a_group(group: str):
    assert set(loaded(group).commands) <= set(re.findall(r"[a-z]+", COMMANDS[group][1]))


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_without_a_verb_says_which_there_are(group: str):
    said = runner.invoke(app, [group]).output
    assert "Commands" in said
    assert "completion" not in said


def test_what_is_not_known_is_a_usage_error():
    assert runner.invoke(app, ["send-everything"]).exit_code == 2
    assert "Did you mean 'serve'?" in runner.invoke(app, ["serv"]).output


def test_it_is_a_module_too():
    done = subprocess.run([sys.executable, "-m", "tidings", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("tidings ")


def test_help_loads_nothing_that_is_not_asked_for():
    """Importing all takes seconds: who asks for the list, or for one command, does not wait for the others."""
    asked = f"from tidings.cli.main import app; app({['--help']!r}, standalone_mode=False); {_LOADED}"
    assert _heavy(asked) == set()


def test_a_command_loads_none_of_the_others_and_the_collector_works_again():
    asked = f"import gc; from tidings.cli.main import loaded; loaded('worker'); assert gc.isenabled(); {_LOADED}"
    assert _heavy(asked) == {"sqlalchemy", "tidings.cli.worker"}


_LOADED = "import sys; print('loaded', *sys.modules)"


def _heavy(program: str) -> set[str]:
    """Which of some that are heavy are loaded in the end."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {"sqlalchemy", "tidings.cli.serve", "tidings.cli.worker"} & set(done.stdout.partition("loaded ")[2].split())
