"""What somebody wrote stands beside the record that it belongs to, which has only its digest. Pure.

A reason, an outcome, a provider's own words may name a person, and a record is never changed. So they have a row of
their own, with the salt of the digest, and go when the person is forgotten or their time is over.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tidings.records.digests import digest_of, new_salt

# By name, as it was written; None where it could have been and was not.
Words = Mapping[str, str | None]


class Linked(NamedTuple):
    """Words, and what links a record to them."""

    # For the record: `reason_digest` and the like; null where nothing was written.
    digests: Mapping[str, str | None]
    # To be kept beside it, with their salt.
    words: Mapping[str, str]
    salt: bytes


def linked(words: Words) -> Linked:
    """The digests of these words under a new salt."""
    salt = new_salt()
    digests = {f"{name}_digest": None if text is None else digest_of(salt, text) for name, text in words.items()}
    return Linked(digests, {name: text for name, text in words.items() if text is not None}, salt)
