from hypothesis import given
from hypothesis import strategies as st

from tidings.records.digests import SALT_BYTES, digest_of, new_salt, salted

PARTS = st.lists(st.none() | st.text(), max_size=4)


@given(PARTS)
def test_whoever_has_salt_and_data_can_prove_what_was_meant(parts: list[str | None]) -> None:
    made = salted(*parts)
    assert len(made.salt) == SALT_BYTES
    assert digest_of(made.salt, *parts) == made.digest
    assert digest_of(new_salt(), *parts) != made.digest


@given(PARTS, PARTS)
def test_other_data_has_another_digest_however_it_is_cut(one: list[str | None], other: list[str | None]) -> None:
    salt = bytes(SALT_BYTES)
    assert (digest_of(salt, *one) == digest_of(salt, *other)) == (one == other)
