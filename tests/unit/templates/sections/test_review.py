"""The review that staff is told of."""

from dataclasses import replace

import pytest

from tidings.templates import samples
from tidings.templates.errors import Unrenderable
from tidings.templates.render import Templates

TEMPLATES = Templates.load()
REVIEW = {
    "id": "rev_1",
    "stage": "opened",
    "opened_at": "2026-11-01T10:00:00+01:00",
    "due_at": "2026-12-01T10:00:00+01:00",
    "owner": "staff/anna",
    "causes": [{"kind": "policy"}, {"kind": "template"}],
}


def names(**review):
    request = replace(samples.request("review_due", "email", "en"), snapshot={"review": REVIEW | review})
    return TEMPLATES.material(request).names


def test_it_says_why_by_when_and_who():
    told = names()
    assert told["owner"] == "staff/anna"
    assert "December 1, 2026" in told["due"]
    assert [name for name in told if name.startswith("by_") and told[name]] == ["by_policy", "by_template"]


@pytest.mark.parametrize(
    ("stage", "flags"),
    [
        ("opened", (False, False, False)),
        ("warned", (True, False, False)),
        ("missed", (False, True, False)),
        ("escalated", (False, True, True)),
    ],
)
def test_it_says_how_late_it_is(stage, flags):
    told = names(stage=stage)
    assert (told["is_reminder"], told["is_missed"], told["is_escalated"]) == flags


def test_it_is_about_no_order_and_greets_nobody_by_name():
    assert names()["name"] == ""
    rendered = TEMPLATES.render(
        replace(samples.request("review_due", "email", "de"), snapshot={"review": REVIEW | {"stage": "escalated"}})
    )
    assert rendered.subject.startswith("Überfällig: Überprüfung des Bestellverfahrens")
    assert "Eine Vorlage wurde veröffentlicht." in rendered.text


@pytest.mark.parametrize("missing", ["due_at", "opened_at"])
def test_without_its_times_it_cannot_be_told(missing):
    with pytest.raises(Unrenderable, match=f"/review/{missing}"):
        names(**{missing: None})
