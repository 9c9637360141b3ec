"""Checks who ordered, and that they can be told the way they like to be told."""

from tidings.kit.addresses import Unusable, email_address
from tidings.orders.contacts import known_locale, phone_number
from tidings.orders.findings import Findings
from tidings.orders.parties import Customer
from tidings.storefronts.kinds import Channel

_AT = "/customer"
# Tried in this order when the customer has no preference; nobody is called who did not ask for it.
_FALLBACK: tuple[Channel, ...] = ("email", "sms", "push")
_NEEDS: dict[Channel, str] = {"email": "email", "sms": "phone", "voice": "phone", "push": "devices"}


def check_customer(customer: Customer | None, country: str | None, findings: Findings, *, test: bool) -> Channel:
    """Report what is missing or wrong; contacts are normalised in place.

    Args:
        customer: as posted.
        country: whose national phone numbers are meant.
        findings: where faults go.
        test: whether `.test` e-mail addresses are good.

    Returns:
        The channel that the customer is told by first.
    """
    if customer is None:
        findings.lacks(_AT)
        return "email"
    if not customer.name:
        findings.lacks(f"{_AT}/name")
    _check_email(customer, findings, test=test)
    _check_phone(customer, country, findings)
    if customer.locale and not _is_tag(customer.locale):
        findings.refuse(f"{_AT}/locale", "is not a language tag, such as de-DE")
    return _check_reach(customer, findings)


def _is_tag(tag: str) -> bool:
    """Looks like BCP 47, whether anybody knows the language or not."""
    return all(part.isascii() and part.isalnum() for part in tag.replace("_", "-").split("-"))


def order_locale(customer: Customer | None, fallback: str) -> str:
    """The language that the order's messages and documents are in."""
    told = customer.locale if customer is not None else None
    return (known_locale(told) if told else None) or fallback


def _check_email(customer: Customer, findings: Findings, *, test: bool) -> None:
    if not customer.email:
        customer.email = None
        return
    try:
        address = email_address(customer.email, test=test)
    except Unusable as fault:
        findings.refuse(f"{_AT}/email", str(fault))
    else:
        if address != customer.email:
            customer.email = address


def _check_phone(customer: Customer, country: str | None, findings: Findings) -> None:
    if not customer.phone:
        customer.phone = None
        return
    try:
        number = phone_number(customer.phone, country)
    except Unusable as fault:
        findings.refuse(f"{_AT}/phone", str(fault))
    else:
        if number != customer.phone:
            customer.phone = number


def _check_reach(customer: Customer, findings: Findings) -> Channel:
    """The first channel. A contact that is there but wrong was reported already, and is not missing as well."""
    preferred = customer.preferred_channel
    if preferred is not None:
        if not getattr(customer, _NEEDS[preferred]):
            findings.lacks(f"{_AT}/{_NEEDS[preferred]}", f"is required: the preferred channel is {preferred}")
        return preferred
    for channel in _FALLBACK:
        if getattr(customer, _NEEDS[channel]):
            return channel
    findings.lacks(f"{_AT}/email", "is required: an e-mail address, a phone number or a device to be told on")
    return "email"
