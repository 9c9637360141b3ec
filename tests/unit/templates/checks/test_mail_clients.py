import re
import tomllib

import pytest

from tests.fixtures.templates import CATALOGUE
from tidings.templates.checks.mail_clients import FILE, TOO_MANY, Lack, lacks_in
from tidings.templates.compiling import html_of


def lacking(html: str) -> dict[str, bool]:
    return {lack.feature: lack.is_refused for lack in lacks_in(html)}


def test_what_most_mailboxes_lack_is_refused_and_what_some_lack_is_told():
    assert lacking("<video></video>") == {"<video>": True}
    assert lacking('<p style="border-radius:4px">x</p>') == {"border-radius": False}
    assert lacking("<style>@font-face { x: y } p { position: absolute; display:grid !important }</style>") == {
        "@font-face": True, "position": False, "display:grid": False,
    }  # fmt: skip
    assert lacking("<style>/* clip-path: none */ p { Transform: none }</style>") == {"transform": True}


@pytest.mark.parametrize(
    "html", ['<p style="color:red;padding:0">x</p>', "clip-path: none", "<p>@import</p>", "<table><tr><td>x</table>"]
)
def test_what_everybody_supports_or_is_only_said_is_no_lack(html):
    assert lacks_in(html) == []


def test_a_lack_reads_as_a_sentence():
    assert (
        str(Lack("<video>", ("Gmail (web)", "Outlook.com")))
        == "uses <video>, not supported by Gmail (web), Outlook.com"
    )


@pytest.mark.parametrize("milestone", sorted(CATALOGUE.milestones))
def test_our_own_layouts_use_nothing_that_most_lack(milestone):
    mjml = CATALOGUE.layout("mjml", CATALOGUE.milestones[milestone].blocks)
    assert [str(lack) for lack in lacks_in(html_of(mjml, "mjml", right_to_left=False)) if lack.is_refused] == []


def test_the_list_names_its_source_and_is_in_order():
    text = FILE.read_text("utf-8")
    assert "github.com/hteumeuleu/caniemail" in text
    for features in tomllib.loads(text).values():
        assert list(features) == sorted(features)
        assert all(0 < len(clients) <= 10 for clients in features.values())
        assert any(len(clients) >= TOO_MANY for clients in features.values())
    assert re.search(r"as of \d{4}-\d\d-\d\d", text)
