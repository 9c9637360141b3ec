import pytest

from tidings.templates.catalogue import read
from tidings.templates.formats import nearest_formats
from tidings.templates.language import Labels, Language


def language(locale: str) -> Language:
    return Language(locale, read().labels[locale], nearest_formats(locale))


def test_gaps_of_a_label_are_filled_and_what_fills_them_is_not_looked_at_again():
    assert language("en").label("greeting", name="{shop}") == "Hello {shop},"


@pytest.mark.parametrize(
    ("locale", "number", "expected"),
    [
        ("en", 1, "1 item"), ("en", 2, "2 items"), ("fr", 0, "0 article"), ("de", 1, "1 Artikel"),
        ("pl", 1, "1 produkt"), ("pl", 2, "2 produkty"), ("pl", 5, "5 produktów"), ("pl", 22, "22 produkty"),
        ("ar", 0, "0 منتج"), ("ar", 1, "منتج واحد"), ("ar", 2, "منتجان"), ("ar", 3, "3 منتجات"), ("ar", 11, "11 منتجًا"),
        ("ar", 100, "100 منتج"), ("ja", 1, "商品1点"), ("ja", 2, "商品2点"),
    ],
)  # fmt: skip
def test_counted_words_take_the_form_that_their_number_asks_for(locale, number, expected):
    assert language(locale).counted("items", number) == expected


def test_a_plural_form_that_is_not_worded_falls_back_to_other():
    labels = Labels(
        text={}, counted={"items": {"other": "{n} sztuk"}}, missing={}, groups={}, sms_date=None, gsm7=False
    )
    assert Language("pl", labels, nearest_formats("pl")).counted("items", 2) == "2 sztuk"


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/shipping_address/postal_code", "the postal code of your shipping address"),
        ("/shipping_address/line2", "your complete shipping address"),
        ("/lines/12/quantity", "how many you would like of each product"),
        ("/lines/0/unit_price/amount", "details of one of the products"),
        ("/lines", "the products that you would like to order"),
        ("/total/currency", "some details of your order"),
        ("", "some details of your order"),
        ("no pointer", "some details of your order"),
    ],
)
def test_what_is_missing_is_called_as_the_customer_would_call_it(pointer, expected):
    assert language("en").missing(pointer) == expected


def test_two_languages_are_the_same_only_if_they_are_one():
    assert language("en") != language("en")


@pytest.mark.parametrize("locale", sorted(read().labels))
def test_every_plural_form_that_a_language_has_is_worded(locale):
    labels = read().labels[locale]
    forms = {nearest_formats(locale).plural(number) for number in range(200)}
    assert all(forms <= counted.keys() for counted in labels.counted.values())


def test_a_code_has_our_word_or_that_for_all_others():
    assert language("de").word("part", "total") == "Gesamtbetrag"
    assert language("de").word("part", "ribbon") == "weitere Angaben"
    assert (language("de").known("method", "card"), language("de").known("method", "shells")) == ("Karte", "")


def test_a_sentence_ends_as_the_language_ends_it():
    assert language("en").sentence("Dented") == "Dented."
    assert language("ja").sentence("缶がへこんでいました") == "缶がへこんでいました。"


def test_accents_are_left_out_where_shops_leave_them_out():
    assert language("pl").plain("Zażółć gęślą jaźń") == "Zazolc gesla jazn"
    assert language("pt").plain("Atenção: não é você") == "Atencao: nao e voce"
    assert language("es").plain("dirección") == "dirección"
