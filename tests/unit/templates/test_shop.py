from uuid import UUID

from tidings.storefronts.rules import ShopRules
from tidings.templates.shop import Brand, Contact, Legal, Shop


def rules(**stored) -> ShopRules:
    return ShopRules(
        storefront_id=UUID(int=1),
        slug="demo",
        name="Demo Teahouse",
        locale="de-DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        sales_channels=frozenset({"web"}),
        **stored,
    )


def test_a_shop_is_what_the_storefront_says_of_itself():
    shop = Shop.of(
        rules(
            brand={"color": "#0a6640", "url": "https://shop.example", "unknown": "x"},
            contact={"phone": "+49 30 5550100"},
            legal={"company": "Demo Teahouse GmbH", "vat_id": "DE000000000"},
        )
    )
    assert shop == Shop(
        name="Demo Teahouse",
        brand=Brand(color="#0a6640", url="https://shop.example"),
        contact=Contact(phone="+49 30 5550100"),
        legal=Legal(company="Demo Teahouse GmbH", vat_id="DE000000000"),
        locale="de-DE",
        time_zone="Europe/Berlin",
        currency="EUR",
    )


def test_entries_that_are_no_text_are_left_out():
    assert Shop.of(rules(brand={"color": 7}, contact={"email": "  "}, legal={"address": {"line1": "x"}})) == Shop.of(
        rules()
    )


def test_shops_with_the_same_settings_are_the_same():
    assert hash(Shop.of(rules())) == hash(Shop.of(rules()))
