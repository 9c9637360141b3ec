from tests.fixtures.documents import given
from tidings.documents.parties import contact_lines, legal_lines, postal_lines
from tidings.documents.wording import wording_for

ENGLISH = wording_for("en-GB", "en")


def test_a_shop_that_tells_nothing_is_named_all_the_same() -> None:
    shop = given()["shop"] | {"legal": {}, "contact": {}}
    assert legal_lines(shop, ENGLISH) == ["Demo Teahouse"]
    assert contact_lines(shop) == []


def test_a_phone_number_keeps_its_order_where_writing_runs_from_the_right() -> None:
    assert contact_lines(given()["shop"]) == [
        "\u200ehello@teahouse.example\u200e", "\u200e+49 30 23125000\u200e",
    ]  # fmt: skip


def test_no_address_is_no_lines() -> None:
    assert postal_lines(None, ENGLISH) == []
