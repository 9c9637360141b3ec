from dataclasses import replace

import pytest

from tidings.templates.catalogue import read
from tidings.templates.formats import nearest_formats
from tidings.templates.language import Language
from tidings.templates.letterhead import DEFAULT_COLOR, letterhead, spelled
from tidings.templates.samples import SHOP
from tidings.templates.shop import Brand, Contact, Legal, Shop

ENGLISH = Language("en", read().labels["en"], nearest_formats("en"))
ARABIC = Language("ar", read().labels["en"], nearest_formats("ar"))


def test_a_shop_shows_its_name_colour_contact_and_legal_data():
    shown = letterhead(SHOP, ENGLISH)
    assert shown["shop_name"] == "Demo Teahouse"
    assert (shown["color"], shown["color_ink"]) == ("#1f6f54", "#ffffff")
    assert shown["shop_phone_dialled"] == "+49305550100"
    assert shown["shop_imprint"] == [
        "Demo Teahouse GmbH",
        "Invalidenstr. 117, 10115 Berlin",
        "Amtsgericht Charlottenburg, HRB 000000",
        "VAT ID: DE000000000",
    ]
    assert shown["label_total"] == "Total"
    assert shown["why"] == "You are receiving this message because you placed an order with Demo Teahouse."


def test_a_shop_that_says_nothing_of_itself_still_has_a_letterhead():
    shown = letterhead(Shop("Tea"), ENGLISH)
    assert (shown["color"], shown["shop_logo"], shown["shop_imprint"], shown["contact"]) == (DEFAULT_COLOR, "", [], "")


@pytest.mark.parametrize(
    ("contact", "written", "spoken"),
    [
        (Contact(email="a@b.example", phone="+49 30 1"), "+49 30 1", "+ 4 9, 3 0, 1"),
        (Contact(email="a@b.example", url="https://b.example"), "a@b.example", "a@b.example"),
        (Contact(url="https://b.example"), "https://b.example", ""),
        (Contact(email="a@b.example", phone="by post"), "by post", "a@b.example"),
    ],
)
def test_text_messages_and_calls_name_the_shortest_way_to_ask(contact, written, spoken):
    shown = letterhead(replace(SHOP, contact=contact), ENGLISH)
    assert (shown["contact"], shown["contact_spoken"]) == (written, spoken)


def test_settings_that_could_do_harm_are_left_out():
    shop = Shop(
        name="Tea\r\nBcc: x",
        brand=Brand(color="red;}", logo_url="javascript:x", url="data:x"),
        contact=Contact(email='"><b>', url="ftp://x"),
        legal=Legal(company="A\nB"),
    )
    shown = letterhead(shop, ENGLISH)
    assert shown["shop_name"] == "Tea Bcc: x"
    assert [shown[name] for name in ("shop_logo", "shop_link", "shop_email", "shop_help_url")] == ["", "", "", ""]
    assert shown["shop_imprint"] == ["A B"]


def test_a_message_cannot_change_the_next_ones_letterhead():
    letterhead(SHOP, ENGLISH)["shop_name"] = "Changed"
    assert letterhead(SHOP, ENGLISH)["shop_name"] == "Demo Teahouse"


def test_each_language_has_its_own_letterhead():
    assert letterhead(SHOP, ARABIC)["shop_name"] == "\u2068Demo Teahouse\u2069"
    assert letterhead(SHOP, ENGLISH)["shop_name"] == "Demo Teahouse"


@pytest.mark.parametrize(
    ("code", "spoken"),
    [("W-10045", "W, 1 0 0 4 5"), ("#1001", "1 0 0 1"), ("A_1/2", "A, 1, 2"), ("+49 30", "+ 4 9, 3 0"), ("—", "")],
)
def test_codes_are_read_out_one_by_one(code, spoken):
    assert spelled(code) == spoken


def test_a_phone_number_keeps_its_order_in_a_language_from_the_right():
    shown = letterhead(SHOP, ARABIC)
    assert shown["shop_phone"] == shown["contact"] == "\u2068+49 30 5550100\u2069"
    assert shown["shop_phone_dialled"] == "+49305550100"
