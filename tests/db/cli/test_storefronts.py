"""`tidings storefronts …`"""

import json

from tests.fixtures.command_line import Tidings
from tests.fixtures.shop import Shop


def test_a_storefront_is_opened_shown_changed_and_listed(tidings: Tidings):
    opened = tidings(
        "storefronts", "open", "tea", "--name", "Tea & Co", "--time-zone", "Europe/Paris", "--email", "hi@tea.test"
    )
    assert opened.exit_code == 0, opened.stderr
    assert json.loads(opened.stdout)["contact"] == {"email": "hi@tea.test"}

    changed = tidings("storefronts", "change", "tea", "--actor", "staff/ada", input='{"currency": "CHF"}')
    assert changed.exit_code == 0, changed.stderr
    shown = json.loads(tidings("storefronts", "show", "tea").stdout)
    assert (shown["currency"], shown["time_zone"], shown["version"]) == ("CHF", "Europe/Paris", 2)

    listed = tidings("storefronts", "list").stdout.splitlines()
    assert listed[0].split() == ["SLUG", "NAME", "LOCALE", "TIME", "ZONE", "CURRENCY", "ID"]
    assert listed[1].startswith("tea   Tea & Co")
    (as_json,) = json.loads(tidings("storefronts", "list", "--json").stdout)
    assert as_json["slug"] == "tea"


def test_who_did_it_is_recorded(tidings: Tidings):
    tidings("storefronts", "open", "tea", "--name", "Tea", "--actor", "staff/ada")
    tidings("storefronts", "change", "tea", input='{"name": "Tea & Co"}')
    records = json.loads(tidings("records", "list", "tea", "--json").stdout)
    assert [(record["kind"], record["actor"]) for record in records] == [
        ("storefront.opened", "staff/ada"),
        ("storefront.changed", "command-line"),
    ]


def test_everything_that_is_wrong_is_said_and_nothing_stored(tidings: Tidings):
    refused = tidings("storefronts", "open", "Tea Shop", "--name", "Tea")
    assert refused.exit_code == 1
    assert "/slug: takes 2 to 40 small letters, digits and hyphens" in refused.stderr
    refused = tidings("storefronts", "open", "tea", "--name", "Tea", "--email", "hi@@tea.test")
    assert refused.exit_code == 1
    assert "/email: is not an e-mail address: " in refused.stderr
    assert tidings("storefronts", "list").stdout.count("\n") == 1


def test_a_slug_is_given_once(tidings: Tidings, shop: Shop):
    refused = tidings("storefronts", "open", shop.slug, "--name", "Again")
    assert refused.exit_code == 1
    assert "tidings: There is a storefront" in refused.stderr or "slug" in refused.stderr.lower()


def test_a_storefront_that_is_not_there_is_named(tidings: Tidings):
    refused = tidings("storefronts", "show", "nowhere")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("tidings: there is no storefront 'nowhere'")


def test_a_change_that_is_no_json_is_refused(tidings: Tidings, shop: Shop):
    for text in ("{", "[]"):
        refused = tidings("storefronts", "change", shop.slug, input=text)
        assert refused.exit_code == 1
        assert "standard input is not" in refused.stderr


def test_a_misspelt_field_is_refused_by_name(tidings: Tidings, shop: Shop):
    refused = tidings("storefronts", "change", shop.slug, input='{"money": "CHF"}')
    assert refused.exit_code == 1
    assert "/money" in refused.stderr
