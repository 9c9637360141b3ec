"""Tokens open what they were made for, until they end; nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.kit.ids import new_id
from tidings.kit.signed import LinkExpired, LinkInvalid, Signed
from tidings.kit.vault import VaultClosed, new_vault_key

OLD, NEW = new_vault_key(), new_vault_key()
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=90)


@given(st.binary(max_size=64))
def test_a_token_gives_back_its_value_until_it_ends(value: bytes) -> None:
    signed = Signed([NEW], "documents")
    token = signed.token(value, ends_at=LATER)
    assert signed.read(token, now=LATER - timedelta(seconds=1)) == value
    with pytest.raises(LinkExpired):
        signed.read(token, now=LATER)


def test_a_token_of_an_id_fits_into_a_text_message_and_an_address() -> None:
    token = Signed([NEW], "documents").token(new_id().bytes, ends_at=LATER)
    assert len(token) == 71
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_of_one_purpose_opens_no_other() -> None:
    token = Signed([NEW], "documents").token(b"x", ends_at=LATER)
    with pytest.raises(LinkInvalid):
        Signed([NEW], "feedback").read(token, now=NOW)


def test_keys_can_be_changed_without_breaking_links() -> None:
    token = Signed([OLD], "documents").token(b"x", ends_at=LATER)
    rotated = Signed([NEW, OLD], "documents")
    assert rotated.read(token, now=NOW) == b"x"
    assert Signed([NEW], "documents").read(rotated.token(b"y", ends_at=LATER), now=NOW) == b"y"
    with pytest.raises(LinkInvalid):
        Signed([NEW], "documents").read(token, now=NOW)


def test_every_changed_letter_is_noticed() -> None:
    signed = Signed([NEW], "documents")
    token = signed.token(new_id().bytes, ends_at=LATER)
    for place, letter in enumerate(token):
        # The last letter of a base64 text has bits that mean nothing; turn one that does.
        changed = token[:place] + ("A" if letter != "A" else "Q") + token[place + 1 :]
        with pytest.raises(LinkInvalid):
            signed.read(changed, now=NOW)


@pytest.mark.parametrize("rubbish", ["", ".", "a", "a.b", "ä" * 71, "A" * 5000, "....", "\x00", "%2e%2e/"])
def test_rubbish_is_no_link(rubbish: str) -> None:
    with pytest.raises(LinkInvalid):
        Signed([NEW], "documents").read(rubbish, now=NOW)


def test_without_a_key_nothing_is_signed_or_believed() -> None:
    signed = Signed([], "documents")
    assert not signed.can_sign
    with pytest.raises(VaultClosed):
        signed.token(b"x", ends_at=LATER)
    with pytest.raises(VaultClosed):
        signed.read("x.y", now=NOW)
