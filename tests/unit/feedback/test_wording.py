"""The page speaks every language that messages do."""

import re

import pytest

from tidings.feedback.kinds import RATINGS
from tidings.feedback.wording import all_words, spoken
from tidings.templates import catalogue

LOCALES = sorted(path.stem for path in (catalogue.FILES / "labels").glob("*.toml"))
GAPS = re.compile(r"\{\w*\}")


def test_there_are_words_in_every_language_of_the_templates() -> None:
    assert sorted(all_words()) == LOCALES


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_has_the_same_words_with_the_same_gaps(locale: str) -> None:
    model, words = all_words()["en"], all_words()[locale]
    assert words.keys() == model.keys()
    for name, text in words.items():
        assert text.strip() == text != "", name
        assert sorted(GAPS.findall(text)) == sorted(GAPS.findall(model[name])), name


@pytest.mark.parametrize("locale", LOCALES)
def test_ratings_have_words_that_can_be_told_apart(locale: str) -> None:
    said = [all_words()[locale][f"r{rating}"] for rating in RATINGS]
    assert len(set(said)) == len(RATINGS)


@pytest.mark.parametrize(
    ("tags", "locale", "is_rtl"),
    [
        (("de-AT", "en"), "de", False),
        (("tlh", "fr-CA"), "fr", False),
        (("tlh", "xx"), "en", False),
        ((), "en", False),
        (("ar-KW", "en"), "ar", True),
        (("pt-PT",), "pt", False),
    ],
)
def test_the_customers_language_goes_first_then_the_shops_then_english(
    tags: tuple[str, ...], locale: str, is_rtl: object
) -> None:
    found = spoken(*tags)
    assert (found.locale, found.right_to_left) == (locale, is_rtl)
