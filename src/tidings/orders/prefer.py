"""What the caller prefers (RFC 7240): whether an order that only lacks things is to be stored all the same. Pure."""

from collections.abc import Iterable, Iterator


def is_lenient(fields: Iterable[str]) -> bool:
    """Whether `handling=lenient` is preferred.

    Args:
        fields: the values of the `Prefer` header fields, of which there may be several, each with several preferences.
    """
    # Of one that is named again, the first counts.
    return next((wish for name, wish in _preferences(fields) if name == "handling"), None) == "lenient"


def _preferences(fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        for preference in field.split(","):
            name, _, wish = preference.partition(";")[0].partition("=")
            yield name.strip().lower(), wish.strip().strip('"').lower()
