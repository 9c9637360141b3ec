"""Heads are signed, and read as they were told."""

import json
from dataclasses import replace

import pytest

from tidings.kit.ids import new_id
from tidings.records.heads import NO_HEAD, Head, NotAHead, SignedHead, read_head, read_heads
from tidings.records.signing import Signer, new_signing_key


def made(signer: Signer | None = None) -> SignedHead:
    key = (signer or Signer([new_signing_key()])).key
    head = Head(
        storefront_id=new_id(),
        sequence=3,
        size=70,
        root=bytes(range(32)),
        previous=NO_HEAD,
        marks=bytes(32),
        sealed_at="2026-11-29T20:10:00.000000Z",
        key_id=key.id,
    )
    return SignedHead(head, key.sign(head.signed_bytes()), key.public)


def test_a_head_is_read_as_it_was_told() -> None:
    signed = made()
    assert read_head(json.loads(signed.line())) == signed
    assert signed.holds()


@pytest.mark.parametrize("change", [{"size": 71}, {"root": bytes(32)}, {"sequence": 4}, {"storefront_id": new_id()}])
def test_a_head_that_was_changed_does_not_hold(change: dict[str, object]) -> None:
    signed = made()
    assert not replace(signed, head=replace(signed.head, **change)).holds()


def test_a_signature_by_another_key_does_not_hold() -> None:
    signed, other = made(), Signer([new_signing_key()]).key
    forged = other.sign(signed.head.signed_bytes())
    assert not replace(signed, signature=forged).holds()
    assert not replace(signed, signature=forged, public=other.public).holds()
    assert not replace(signed, public=b"").holds()


def test_files_of_heads_are_read_in_every_form_they_are_given_in() -> None:
    signed = [made(), made()]
    told = [each.told() for each in signed]
    for text in (
        "\n".join(each.line() for each in signed),
        json.dumps(told),
        json.dumps({"items": told, "next_cursor": None}),
        json.dumps({"heads": told}, indent=2),
    ):
        assert read_heads(text) == signed
    assert read_heads(json.dumps(told[0])) == signed[:1]


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", "[1]", '"x"', "{}\n{}", '{"items": []}'])
def test_what_holds_no_head_is_refused(text: str) -> None:
    with pytest.raises(NotAHead):
        read_heads(text)


@pytest.mark.parametrize(
    ("member", "value"), [("log", "ord_1"), ("size", "1"), ("size", -1), ("size", True), ("root", "x"), ("root", None)]
)
def test_a_member_that_cannot_be_is_refused(member: str, value: object) -> None:
    told = made().told()
    told["head"][member] = value
    with pytest.raises(NotAHead):
        read_head(told)
