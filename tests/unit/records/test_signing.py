import pytest

from tidings.kit.ids import new_id
from tidings.records.signing import Signer, is_endorsed, is_signed_by, key_id_of, new_signing_key


def test_the_first_key_signs_and_the_others_endorse_it() -> None:
    old, new, shop = new_signing_key(), new_signing_key(), new_id()
    before, signer = Signer([old]).key, Signer([new, old])
    assert is_signed_by(signer.key.public, signer.key.sign(b"x"), b"x")
    assert not is_signed_by(signer.key.public, signer.key.sign(b"x"), b"y")
    endorsement = signer.endorsement(shop, before.id)
    assert endorsement is not None
    assert is_endorsed(shop, before.public, signer.key.public, endorsement)
    assert not is_endorsed(new_id(), before.public, signer.key.public, endorsement)
    assert not is_endorsed(shop, before.public, before.public, endorsement)


def test_a_key_that_is_lost_endorses_nothing_and_the_first_needs_nobody() -> None:
    signer = Signer([new_signing_key()])
    assert signer.endorsement(new_id(), "lost") is None
    assert signer.endorsement(new_id(), None) is None


def test_keys_are_named_by_their_digest() -> None:
    key = Signer([new_signing_key()]).key
    assert key.id == key_id_of(key.public)
    assert len(key.id) == 32


@pytest.mark.parametrize("keys", [[], ["x"], ["AAAA"], ["ä"], [new_signing_key(), ""]])
def test_what_is_no_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="signing key"):
        Signer(keys)
