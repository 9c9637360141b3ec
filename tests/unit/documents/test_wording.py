from tests.fixtures.documents import LANGUAGES
from tidings.documents.wording import worded, wording_for, words_in
from tidings.templates.catalogue import read


def test_documents_are_worded_in_every_language_that_messages_are_worded_in() -> None:
    assert worded() == set(LANGUAGES) == set(read().labels)


def test_every_language_has_the_same_words_and_gaps() -> None:
    model = words_in("en")
    for locale in LANGUAGES:
        words = words_in(locale)
        assert words.keys() == model.keys()
        for name, word in words.items():
            assert word.strip(), (locale, name)
            assert {gap for gap in ("{n}", "{m}", "{name}", "{date}", "{number}") if gap in word} == {
                gap for gap in ("{n}", "{m}", "{name}", "{date}", "{number}") if gap in model[name]
            }, (locale, name)


def test_the_language_is_the_customers_or_the_shops_or_english() -> None:
    assert wording_for("de-AT", "fr-FR").locale == "de"
    assert wording_for("ko-KR", "fr-FR").locale == "fr"
    assert wording_for("ko", "th").locale == "en"


def test_a_way_to_pay_is_named_in_the_language_or_as_the_shop_names_it() -> None:
    assert wording_for("de", "de").method("card") == "Karte"
    assert wording_for("de", "de").method("ur_bank") == "Ur bank"


def test_a_minus_stays_before_its_amount_where_writing_runs_from_the_right() -> None:
    assert "\u200e-1.33" in wording_for("ar", "ar").money(-133, "EUR")
    assert wording_for("en-GB", "en").money(-133, "EUR") == "-€1.33"
