"""E-mail addresses: judged, and brought into the one form that every mail system understands.

Answers are kept for a while, because the same few inputs come again (a repeat, a retry, a load test) and the library
takes its time.
"""

import re
from functools import lru_cache
from typing import Final

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

_KEPT: Final = 4096

# What nearly every address looks like; the library would say yes to all of these, and takes thirty times as long.
_PLAIN = re.compile(
    r"(?P<local>[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30})?)@"
    r"(?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?\.){1,3}(?P<top>[A-Za-z]{2,20}))",
    re.ASCII,
)
_SPECIAL = frozenset(SPECIAL_USE_DOMAIN_NAMES)

# `=?utf-8?q?a=0d=0a…?=` (RFC 2047): whoever reads a mail's header decodes it, and there is a line break. Nobody's
# address has such a beginning.
_ENCODED_WORD: Final = "=?"

# No quoted local parts, no comments, no literals: nobody's customer has such an address, and each is a way to smuggle.
_LOCAL = re.compile(r"(?!.*=\?)[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]{1,64}")
# Of intranets, too: one label will do, and underscores.
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Unusable(ValueError):
    """The text is not what it should be; says why."""


def email_address(text: str, *, test: bool) -> str:
    """The address in its deliverable form, its domain in lower case.

    Args:
        text: as it was given.
        test: whether `.test` domains are good.

    Raises:
        Unusable: it is not an e-mail address.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain["top"].lower() not in _SPECIAL and "--" not in plain["domain"]:
        return f"{plain['local']}@{plain['domain'].lower()}"
    address, reason = _judged_email(text, test=test)
    if address is None:
        raise Unusable(reason)
    return address


@lru_cache(maxsize=_KEPT)
def _judged_email(text: str, *, test: bool) -> tuple[str | None, str]:
    if not test and text.lower().endswith(".test"):
        return None, "is a .test address, which is valid in test mode only"
    if _ENCODED_WORD in text:
        return None, f"is not an e-mail address: {_ENCODED_WORD} begins encoded text, which mail programs would decode"
    try:
        found = validate_email(text, strict=True, check_deliverability=False, test_environment=test)
    except EmailNotValidError as refusal:
        return None, f"is not an e-mail address: {_sentence(refusal)}"
    return found.ascii_email or found.normalized, ""


def _sentence(refusal: Exception) -> str:
    return str(refusal).removesuffix(".")


def ascii_domain(address: str) -> str:
    """The same address with an international domain in the form that every mail system understands.

    Raises:
        ValueError: it is no address.
    """
    local, _, domain = address.rpartition("@")
    known = domain if domain.isascii() else _in_ascii(domain)
    if known is None or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(known):
        raise ValueError("no e-mail address")
    return f"{local}@{known}"


def named(name: str, address: str) -> str:
    """`"Tea Shop" <orders@shop.example>`: a name and an address as one text; control characters count as blanks."""
    return f"{quoted(' '.join(_CONTROL.sub(' ', name).split()))} <{address}>"


def quoted(text: str) -> str:
    """A quoted string (RFC 5322)."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


@lru_cache(maxsize=_KEPT)
def _in_ascii(domain: str) -> str | None:
    """By today's rules: those of Python's own codec make `ß` an `ss`, which is somebody else's domain."""
    try:
        found = validate_email(
            f"a@{domain}", check_deliverability=False, test_environment=True, globally_deliverable=False
        )
    except EmailNotValidError:
        return None
    return found.ascii_domain
