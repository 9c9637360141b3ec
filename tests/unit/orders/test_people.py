from typing import Any

import pytest

from tidings.orders.findings import Findings
from tidings.orders.parties import Customer, Device
from tidings.orders.people import check_customer, order_locale

DEVICE = [Device(platform="fcm", token="t")]
EMAIL, PHONE = "ada@example.com", "+4915112345678"


def checked(country: str | None = "DE", **parts: Any) -> tuple[str, Customer, dict[str, str], dict[str, str]]:
    customer, findings = Customer(**({"name": "Ada Byron"} | parts)), Findings()
    channel = check_customer(customer, country, findings, test=False)
    return channel, customer, *({f.pointer: f.detail for f in found} for found in (findings.missing, findings.wrong))


@pytest.mark.parametrize(
    ("preferred", "needs"), [("email", "email"), ("sms", "phone"), ("voice", "phone"), ("push", "devices")]
)
def test_the_preferred_channel_must_be_reachable(preferred: str, needs: str) -> None:
    reach: dict[str, Any] = {"email": EMAIL, "phone": PHONE, "devices": DEVICE}
    channel, _, missing, wrong = checked(preferred_channel=preferred, **{needs: reach[needs]})
    assert (channel, missing, wrong) == (preferred, {}, {})
    del reach[needs]
    _, _, missing, wrong = checked(preferred_channel=preferred, **reach)
    assert list(missing) == [f"/customer/{needs}"]
    assert preferred in missing[f"/customer/{needs}"]
    assert not wrong


@pytest.mark.parametrize(
    ("reach", "channel"),
    [
        ({"email": EMAIL, "phone": PHONE}, "email"),
        ({"phone": PHONE, "devices": DEVICE}, "sms"),
        ({"devices": DEVICE}, "push"),
    ],
)
def test_without_a_preference_the_first_that_reaches_is_taken(reach: dict[str, Any], channel: str) -> None:
    assert checked(**reach)[0] == channel


def test_somebody_who_cannot_be_told_at_all_is_incomplete() -> None:
    _, _, missing, wrong = checked(email="", phone="")
    assert list(missing) == ["/customer/email"]
    assert not wrong


def test_a_contact_that_is_wrong_is_not_missing_as_well() -> None:
    _, _, missing, wrong = checked(email="nobody")
    assert list(wrong) == ["/customer/email"]
    assert not missing
    _, _, missing, wrong = checked(phone="12", preferred_channel="sms")
    assert list(wrong) == ["/customer/phone"]
    assert not missing


def test_an_address_that_mail_programs_would_decode_is_refused_in_words() -> None:
    _, _, missing, wrong = checked(email="=?utf-8?q?a=0d=0aX-Evil=3a_1=0d=0a=0d=0aHello?=@evil.example")
    assert list(wrong) == ["/customer/email"]
    assert wrong["/customer/email"].startswith("is not an e-mail address: =? begins encoded text")
    assert not missing


def test_contacts_are_kept_in_their_one_form() -> None:
    _, customer, _, _ = checked(email="ada@EXAMPLE.com", phone="0151 12345678")
    assert (customer.email, customer.phone) == (EMAIL, PHONE)


def test_a_customer_needs_a_name() -> None:
    assert list(checked(name="", email=EMAIL)[2]) == ["/customer/name"]
    findings = Findings()
    assert check_customer(None, None, findings, test=True) == "email"
    assert [fault.pointer for fault in findings.missing] == ["/customer"]


@pytest.mark.parametrize(
    ("locale", "expected"), [("de-AT", "de-AT"), ("xx-YY", "en-GB"), (None, "en-GB"), ("", "en-GB")]
)
def test_the_orders_language_is_the_customers_or_the_shops(locale: str | None, expected: str) -> None:
    assert order_locale(Customer(locale=locale), "en-GB") == expected
    assert order_locale(None, "en-GB") == "en-GB"


def test_what_is_no_language_tag_is_refused() -> None:
    assert list(checked(email=EMAIL, locale="de;DE")[3]) == ["/customer/locale"]
    assert not checked(email=EMAIL, locale="xx-YY")[3]
