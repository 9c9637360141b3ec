"""Providers' words, made fit to be kept: no addresses of customers in reasons, nothing that a database refuses."""

import re

# Reasons are for people; what is longer is a stack trace or a web page.
REASON_LENGTH = 300

_MAIL_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;]+")
_PHONE_NUMBER = re.compile(r"(?:\+|%2B)\d{6,15}", re.IGNORECASE)


def storable(text: str) -> str:
    """The same text without NUL characters and lone surrogates, which pass JSON parsers and fail in Postgres."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def reason(text: str, *known: str) -> str:
    """A provider's explanation without the customer's address in it, on one line, not too long.

    Args:
        text: what the provider said.
        known: addresses and tokens that may occur in it, beside what looks like one.
    """
    if not text:
        return ""
    for address in known:
        # Numbers are repeated with their plus and without.
        for form in (address, address.removeprefix("+")):
            text = text.replace(form, "<recipient>") if form else text
    text = _MAIL_ADDRESS.sub("<address>", text)
    text = _PHONE_NUMBER.sub("<number>", text)
    return " ".join(storable(text).split())[:REASON_LENGTH]
