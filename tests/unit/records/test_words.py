"""What somebody wrote, and what links a record to it."""

import hashlib

from tidings.records.digests import SALT_BYTES
from tidings.records.words import linked


def test_a_record_gets_digests_and_the_words_stay_outside() -> None:
    link = linked({"reason": "Ada rang. ☎", "notes": None})
    assert link.words == {"reason": "Ada rang. ☎"}
    assert len(link.salt) == SALT_BYTES
    assert link.digests["notes_digest"] is None
    assert "Ada" not in str(link.digests)


def test_a_digest_is_made_as_the_api_says() -> None:
    link = linked({"reason": "Ada rang. ☎"})
    told = "Ada rang. ☎".encode()
    made = hashlib.sha256(link.salt + len(told).to_bytes(8, "big") + told).hexdigest()
    assert link.digests == {"reason_digest": made}


def test_the_same_words_have_another_digest_each_time() -> None:
    assert linked({"reason": "moved"}).digests != linked({"reason": "moved"}).digests
