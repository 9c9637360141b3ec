"""`tidings templates …`"""

import json

import pytest
from typer.testing import CliRunner

from tidings.cli.main import app


def tidings(*arguments: str):
    return CliRunner().invoke(app, ["templates", *arguments], catch_exceptions=False)


def test_every_milestone_is_listed_with_its_languages():
    listed = {row["milestone"]: row for row in json.loads(tidings("list", "--json").stdout)}
    assert {"order_confirmation", "order_dispatched", "order_delivered"} <= listed.keys()
    assert {"en", "de", "fr", "es"} <= set(listed["order_confirmation"]["locales"])


@pytest.mark.parametrize("channel", ["email", "sms", "push", "voice"])
def test_a_template_is_shown_with_a_sample_order(channel: str):
    number = "W, 1 0 0 4 5" if channel == "voice" else "W-10045"
    assert number in tidings("preview", "order_confirmation", "--channel", channel).stdout


def test_the_html_part_can_be_seen():
    assert "<html" in tidings("preview", "order_confirmation", "--html").stdout


@pytest.mark.parametrize("arguments", [("order_lost",), ("order_confirmation", "--sample", "huge")])
def test_what_is_not_there_is_refused(arguments: tuple[str, ...]):
    refused = tidings("preview", *arguments)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("tidings: ")


def test_the_wording_is_looked_over():
    assert "All wording is complete" in tidings("lint", "--locale", "ar").stdout


def test_a_language_that_is_not_worded_cannot_be_looked_over():
    refused = tidings("lint", "--locale", "tlh")
    assert refused.exit_code == 1
    assert refused.stderr == "tidings: there is no wording in tlh\n"
