"""SendGrid's signatures: the published vector, SendGrid's own package as judge, and input that is meant to hurt."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.doubles.bent import changed_byte, is_text
from tidings.adapters import signatures

PUBLIC_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVwvjLjaCY/vdpINk6tg7W9AVD2I1o2xaCqagp/1rayc75UuVq0rzhoOxGI3Q0bQDIPl1GzZ/"
    "hrZYfZQxmDVMyA=="
)
STAMP = "1717689600"
EVENTS = (
    b'[{"email":"ada@example.com","timestamp":1717689599,"smtp-id":"<x@ismtpd-1>","event":"delivered",'
    b'"sg_event_id":"ZXZ0LTE","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",'
    b'"response":"250 OK","tidings_id":"ntf_01HZX"}]\r\n'
)
EVENTS_SEAL = "MEQCIElyshGDLfYvkRBPxm1JN0ZkKq/Wr1LsKAQv71iaXGTuAiBI6F5PmjDjANE32MKEI/v45mQJgiq7m8+5Z0OFVVU0FQ=="


def test_sendgrids_published_vector_passes():
    assert signatures.sendgrid(PUBLIC_KEY, STAMP, EVENTS, EVENTS_SEAL)


def test_sendgrid_signs_bytes_and_not_what_they_mean():
    rewritten = json.dumps(json.loads(EVENTS)).encode()
    for body in (EVENTS.rstrip(), rewritten, b""):
        assert not signatures.sendgrid(PUBLIC_KEY, STAMP, body, EVENTS_SEAL)


@pytest.mark.parametrize(
    "seal", [None, "", "abc", "!!!", "YWJj", "ü", base64.b64encode(b"\x30\x06\x02\x01\x00").decode()]
)
def test_a_sendgrid_signature_that_is_none_is_false(seal):
    assert signatures.sendgrid(PUBLIC_KEY, STAMP, EVENTS, seal) is False


def _spki(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def test_a_key_that_is_none_lets_nothing_pass():
    other_kind = _spki(ed25519.Ed25519PrivateKey.generate().public_key())
    other_curve = _spki(ec.generate_private_key(ec.SECP384R1()).public_key())
    # An object identifier that nobody knows.
    unknown_curve = PUBLIC_KEY.replace("KoZIzj0DAQc", "KoZIzj0DAQ8")
    for key in ("", "nonsense", "YWJj", other_kind, other_curve, unknown_curve, "ü"):
        assert signatures.sendgrid(key, STAMP, EVENTS, EVENTS_SEAL) is False
    assert signatures.sendgrid(PUBLIC_KEY, None, EVENTS, EVENTS_SEAL) is False


@given(body=st.text(max_size=300), data=st.data())
@settings(max_examples=80, deadline=None)
def test_sendgrids_package_and_we_agree_and_no_single_byte_can_bechanged_byte(body, data):
    private = ec.derive_private_key(7, ec.SECP256R1())
    key = _spki(private.public_key())
    raw = body.encode("utf-8", "surrogatepass")
    assume(is_text(raw))
    seal = base64.b64encode(private.sign(STAMP.encode() + raw, ec.ECDSA(hashes.SHA256()))).decode()
    assert EventWebhook(key).verify_signature(body, seal, STAMP)
    assert signatures.sendgrid(key, STAMP, raw, seal)
    if raw:
        assert not signatures.sendgrid(key, STAMP, changed_byte(raw, data), seal)
    changed = changed_byte(STAMP.encode(), data)
    assert not signatures.sendgrid(key, changed.decode("latin-1"), raw, seal)
