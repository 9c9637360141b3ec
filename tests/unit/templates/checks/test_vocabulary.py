from tidings.storefronts.kinds import CHANNELS
from tidings.templates.catalogue import read
from tidings.templates.checks.grammar import faults_in
from tidings.templates.checks.vocabulary import COLORS, LINKS, names_of


def test_the_links_are_known_everywhere_though_not_every_message_has_them(templates):
    for milestone in templates.milestones:
        for channel in CHANNELS:
            assert {"feedback_url", "documents_url", "order_url"} <= names_of(templates, milestone, channel)


def test_a_milestone_knows_what_its_order_tells_and_a_channel_what_is_its_own(templates):
    assert "tracking_url" in names_of(templates, "order_dispatched", "sms")
    assert "tracking_url" not in names_of(templates, "order_confirmation", "sms")
    assert "number_spoken" in names_of(templates, "order_confirmation", "voice")
    assert "number_spoken" not in names_of(templates, "order_confirmation", "sms")
    assert {"placed_short", "billing"} <= names_of(templates, "order_confirmation", "sms")
    assert "placed_spoken" in names_of(templates, "order_confirmation", "voice")
    assert {"placed_short", "placed_spoken", "billing"}.isdisjoint(names_of(templates, "order_confirmation", "email"))
    assert "total_spoken" not in names_of(templates, "issue_notification", "voice")


def test_our_own_words_name_nothing_else(templates):
    for milestone in read().milestones.values():
        for locale in ("en", "ar"):
            for channel, words in milestone.wording[locale].items():
                pieces = [piece for value in words.values() for piece in ([value] if isinstance(value, str) else value)]
                known = names_of(templates, milestone.name, channel)
                assert [fault for piece in pieces for fault in faults_in(piece, known)] == [], milestone.name


def test_links_and_colours_are_names(templates):
    known = names_of(templates, "order_dispatched", "email")
    assert known >= COLORS
    assert known >= LINKS
