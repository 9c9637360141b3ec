"""Twilio's signatures: the published vectors, Twilio's own package as judge, and input that is meant to hurt."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from tests.doubles.bent import changed_byte, is_text
from tidings.adapters import signatures
from tidings.adapters.signatures import form_fields, twilio_form, twilio_json, twilio_signature

TOKEN = "2c8f5f0d1e6b4a3f9d7e8c1b0a594837"
URL = "https://tidings.example.com/v1/callbacks/twilio/sms?n=ntf_01HZX&a=3"
FORM = {
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "ErrorCode": "30003",
    "From": "+15005550006",
    "MessageSid": "SM0123456789abcdef0123456789abcdef",
    "SmsSid": "SM0123456789abcdef0123456789abcdef",
    "MessageStatus": "undelivered",
    "SmsStatus": "undelivered",
    "MessagingServiceSid": "MG00000000000000000000000000000001",
    "To": "+14155550100",
}
SEAL = "6f61HgghBWu/avDgs8qtXNvjGWY="


def posted(form: dict[str, str]) -> signatures.Fields:
    return form_fields(urlencode(form).encode())


def test_twilios_published_form_vector_passes():
    assert twilio_form(URL, posted(FORM), SEAL, TOKEN)
    assert twilio_signature(URL, posted(FORM), TOKEN) == SEAL


def test_twilios_signature_over_the_address_with_its_port_passes_too():
    assert twilio_form(URL, posted(FORM), "QjMo4HyIaLTQ07hs1ZT9GZG9Xp8=", TOKEN)
    with_port = URL.replace(".com/", ".com:443/")
    assert twilio_form(with_port, posted(FORM), SEAL, TOKEN)


def test_another_scheme_is_another_address():
    assert not twilio_form(URL.replace("https://", "http://"), posted(FORM), SEAL, TOKEN)


def test_blank_fields_are_signed():
    with_blank = posted(FORM | {"ErrorMessage": ""})
    assert ("ErrorMessage", "") in with_blank
    assert twilio_form(URL, with_blank, "noRpknFHIHxJyjiib7dPtdNVyOY=", TOKEN)
    assert not twilio_form(URL, with_blank, SEAL, TOKEN)


def test_the_shared_key_variant_passes_only_when_we_are_configured_for_it():
    seal = "T5mCh4RVv8ogtv6AaKnP+cuq1etKk49j2xVgw7Qgw54="
    assert twilio_form(URL, posted(FORM), seal, TOKEN, "HMAC_SHA256")
    assert not twilio_form(URL, posted(FORM), seal, TOKEN)
    assert not twilio_form(URL, posted(FORM), SEAL, TOKEN, "HMAC_SHA256")


def test_twilios_documentations_own_example_passes():
    form = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "To": "+18005551212"}
    form |= {"From": "+14158675309", "Caller": "+14158675309"}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_form(url, posted(form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345")


def test_twilios_voice_vector_passes():
    form = {
        "AccountSid": "AC00000000000000000000000000000001",
        "ApiVersion": "2010-04-01",
        "CallDuration": "14",
        "CallSid": "CA0123456789abcdef0123456789abcdef",
        "CallStatus": "completed",
        "CallbackSource": "call-progress-events",
        "Direction": "outbound-api",
        "Duration": "1",
        "From": "+15005550006",
        "SequenceNumber": "3",
        "Timestamp": "Mon, 23 Nov 2026 10:00:00 +0000",
        "To": "+14155550100",
    }
    url = "https://tidings.example.com/v1/callbacks/twilio/voice?n=ntf_01HZX&a=1"
    assert twilio_form(url, posted(form), "NTDgvuc/04ObfRIiigKMuCTBy+w=", TOKEN)


JSON_BODY = b'{"message":"hello","n":1}'
JSON_URL = (
    "https://tidings.example.com/v1/callbacks/twilio/events"
    "?bodySHA256=823413129a7f9b4d18e2fc8d31ef93513af3fac77fe067954a379c61dd50293f"
)


def test_twilios_json_vector_passes_and_one_more_space_does_not():
    seal = "1ChCvyLbwncz0CqYTOyxBdDGZss="
    assert twilio_json(JSON_URL, JSON_BODY, seal, TOKEN)
    assert not twilio_json(JSON_URL, JSON_BODY + b" ", seal, TOKEN)
    assert not twilio_json(JSON_URL.partition("?")[0], JSON_BODY, seal, TOKEN)


@pytest.mark.parametrize("seal", [None, "", "ü", "6f61HgghBWu/avDgs8qtXNvjGWY", "\udc80", "x" * 10_000])
def test_a_signature_that_is_missing_or_nonsense_is_false(seal):
    assert twilio_form(URL, posted(FORM), seal, TOKEN) is False
    assert twilio_json(JSON_URL, JSON_BODY, seal, TOKEN) is False


@pytest.mark.parametrize(
    "url", ["https://shop.example:port/x", "https://[::1/x", "", "nonsense", "https://x?" + "a&" * 3000]
)
def test_an_address_that_is_none_is_false(url):
    assert twilio_form(url, posted(FORM), SEAL, TOKEN) is False
    assert twilio_json(url, JSON_BODY, SEAL, TOKEN) is False


def test_without_a_secret_nothing_passes():
    empty = base64.b64encode(hmac.new(b"", URL.encode(), hashlib.sha1).digest()).decode()
    assert not twilio_form(URL, [], empty, "")


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff\xfe", "a=ü".encode(), b"a&" * 1001])
def test_a_form_that_is_none_is_refused(body):
    with pytest.raises(ValueError, match=r".+"):
        form_fields(body)


def test_a_form_keeps_blanks_spaces_and_repetitions():
    assert list(form_fields(b"a=&b=+x%20&a=2&c")) == [("a", ""), ("b", " x "), ("a", "2"), ("c", "")]


FORMS = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    min_size=1,
    max_size=6,
)
PATHS = st.from_regex(r"/v1/callbacks/con_[0-9a-f]{8}\?a=att_[0-9a-f]{8}", fullmatch=True)


@given(form=FORMS, path=PATHS, sha256=st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_twilios_package_signs_is_accepted(form, path, sha256):
    algorithm = "HMAC_SHA256" if sha256 else "HMAC_SHA1"
    url = f"https://shop.example{path}"
    seal = RequestValidator(TOKEN).compute_signature(url, form, algorithm)
    assert twilio_form(url, posted(form), seal, TOKEN, algorithm)
    assert twilio_signature(url, list(form.items()), TOKEN, algorithm) == seal


@given(form=FORMS, path=PATHS, data=st.data())
@settings(max_examples=80, deadline=None)
def test_no_single_byte_of_what_twilio_signed_can_bechanged_byte(form, path, data):
    """The signed bytes are the address, and names and values in order."""
    url = f"https://shop.example{path}"
    seal = RequestValidator(TOKEN).compute_signature(url, form)
    field = data.draw(st.sampled_from([None, *form]))
    if field is None:
        changed = changed_byte(url.encode(), data)
        assume(is_text(changed))
        assert not twilio_form(changed.decode(), posted(form), seal, TOKEN)
        return
    if form[field] and data.draw(st.booleans()):
        changed = changed_byte(form[field].encode(), data)
        assume(is_text(changed))
        other = form | {field: changed.decode()}
    else:
        changed = changed_byte(field.encode(), data)
        assume(is_text(changed) and changed.decode() not in form)
        other = {name: value for name, value in form.items() if name != field} | {changed.decode(): form[field]}
    # Moved into another order, the same letters may stand in the same places; then nothing has changed.
    assume(_signed(url, other) != _signed(url, form))
    assert not twilio_form(url, posted(other), seal, TOKEN)
    assert not RequestValidator(TOKEN).validate(url, other, seal)


@given(body=st.binary(min_size=1, max_size=200), data=st.data())
@settings(max_examples=80, deadline=None)
def test_no_single_byte_of_a_json_body_that_twilio_signed_can_bechanged_byte(body, data):
    url = f"https://shop.example/events?bodySHA256={hashlib.sha256(body).hexdigest()}"
    seal = RequestValidator(TOKEN).compute_signature(url, {})
    assert twilio_json(url, body, seal, TOKEN)
    assert not twilio_json(url, changed_byte(body, data), seal, TOKEN)
    changed = changed_byte(url.encode(), data)
    assume(is_text(changed))
    assert not twilio_json(changed.decode(), body, seal, TOKEN)


def _signed(url: str, form: dict[str, str]) -> str:
    return url + "".join(name + form[name] for name in sorted(form))
