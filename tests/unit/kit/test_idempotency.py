"""What makes two requests the same one."""

import pytest
from starlette.requests import Request

from tidings.kit.idempotency import KeyUsedOtherwise, Replayed, fingerprint, full_path, key_of, replay


def request(raw_path: bytes | None, path: str, query: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()):
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query, "headers": list(headers)}
    return Request(scope | ({} if raw_path is None else {"raw_path": raw_path}))


def test_every_part_of_a_request_counts() -> None:
    parts = ("POST", "/v1/orders", b"{}")
    others = [("PUT", "/v1/orders", b"{}"), ("POST", "/v1/orders?x=1", b"{}"), ("POST", "/v1/orders", b"{ }")]
    assert len({fingerprint(*parts), *(fingerprint(*other) for other in others)}) == 4
    assert fingerprint(*parts) == fingerprint(*parts)


def test_the_path_is_taken_as_sent_with_its_query() -> None:
    assert full_path(request(b"/v1/a%20b", "/v1/a b", b"x=%20")) == "/v1/a%20b?x=%20"
    assert full_path(request(b"/v1/a?x=1", "/v1/a", b"x=1")) == "/v1/a?x=1"
    assert full_path(request(None, "/v1/a")) == "/v1/a"


def test_a_request_without_the_field_has_no_key() -> None:
    assert key_of(request(None, "/")) is None
    assert key_of(request(None, "/", headers=((b"idempotency-key", b'"k"'),))) == '"k"'


def test_an_answer_is_replayed_only_to_the_request_it_was_given_to() -> None:
    stored = {"fingerprint": b"a", "status": 201, "body": b"{}", "headers": None}
    again = replay(stored, b"a")
    assert isinstance(again, Replayed)
    assert again.response.headers["idempotency-replayed"] == "true"
    with pytest.raises(KeyUsedOtherwise):
        replay(stored, b"b")
