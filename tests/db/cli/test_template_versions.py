"""`tidings templates versions|show|examine …`"""

import json

import pytest

from tests.db.templates.stored.conftest import draft, publish
from tests.fixtures.command_line import Tidings
from tests.fixtures.shop import Shop
from tidings.kit.ids import wire

__all__ = ["draft", "publish"]


@pytest.fixture
async def rows(publish, draft):
    """A published one, and one that is not sound."""
    return await publish(), await draft({"de": {"sms": {"text": "{{ nobody }}"}}})


def test_a_shops_own_versions_are_listed_shown_and_examined(tidings: Tidings, shop: Shop, rows):
    (row, unsound), test = rows, ("--mode", "test")
    listed = json.loads(tidings("templates", "versions", shop.slug, *test, "--json").stdout)
    assert [(each["version"], each["status"]) for each in listed] == [(102, "draft"), (101, "published")]
    assert json.loads(tidings("templates", "versions", shop.slug, "--json").stdout) == []
    shown = json.loads(tidings("templates", "show", shop.slug, wire("tpl", row.id), *test).stdout)
    assert shown["wording"] == row.wording
    assert tidings("templates", "examine", shop.slug, wire("tpl", row.id), *test).stdout == "It is sound.\n"
    refused = tidings("templates", "examine", shop.slug, wire("tpl", unsound.id), *test)
    assert refused.exit_code == 1
    assert "fault: /wording/de/sms/text: names nobody, which is not known here" in refused.stderr
    assert tidings("templates", "show", shop.slug, "tpl_x", *test).exit_code == 1
