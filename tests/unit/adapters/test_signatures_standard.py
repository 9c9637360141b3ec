"""Standard Webhooks, which the sandbox signs with: published vectors, the official package, bent headers."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from tidings.adapters import signatures

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WEBHOOK = (
    b'{"type":"notification.delivered","timestamp":"2026-11-23T10:00:00Z","data":{"id":"ntf_01HZX","channel":"sms"}}'
)
WEBHOOK_SEAL = "v1,i123o65CHFyGCcoH4ORlho57zGtI1tc8PVD0Dh75wVI="
HEADERS = {"webhook-id": "msg_2mKf0VZq", "webhook-timestamp": "1795428000", "webhook-signature": WEBHOOK_SEAL}


def test_the_standard_webhooks_vectors_pass():
    reference = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = datetime.fromtimestamp(1614265330, UTC)
    assert signatures.standard_webhook(reference, b'{"test": 2432232314}', [SECRET], then)
    assert signatures.standard_webhook(HEADERS, WEBHOOK, [SECRET], NOW)
    assert signatures.standard_signature("msg_2mKf0VZq", NOW, WEBHOOK, SECRET) == WEBHOOK_SEAL


def test_the_standard_webhooks_package_signs_the_same():
    theirs = Webhook(SECRET).sign("msg_1", NOW, "{}")
    assert theirs == signatures.standard_signature("msg_1", NOW, b"{}", SECRET)


def test_any_of_several_signatures_and_secrets_may_fit():
    headers = HEADERS | {"webhook-signature": f"v1a,AAAA v1,AAAA {WEBHOOK_SEAL}"}
    assert signatures.standard_webhook(headers, WEBHOOK, ["whsec_AAAA", SECRET], NOW)


@pytest.mark.parametrize("offset", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=3650)])
def test_a_standard_webhook_from_another_time_is_refused(offset):
    assert not signatures.standard_webhook(HEADERS, WEBHOOK, [SECRET], NOW + offset)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "99999999999999"},
        {"webhook-timestamp": "1795428001"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": ""},
        {"webhook-signature": WEBHOOK_SEAL.replace("v1,", "v1a,")},
        {"webhook-signature": "v1,\xff"},
    ],
)
def test_a_standard_webhook_with_a_bent_header_is_false(changed):
    assert signatures.standard_webhook(HEADERS | changed, WEBHOOK, [SECRET], NOW) is False


def test_a_secret_that_is_none_lets_nothing_pass_and_signs_nothing():
    assert not signatures.standard_webhook(HEADERS, WEBHOOK, ["whsec_", "whsec_!!!", ""], NOW)
    with pytest.raises(ValueError, match="whsec_"):
        signatures.standard_signature("msg_1", NOW, b"{}", "whsec_!!!")


def test_a_short_seal_is_the_head_of_an_hmac():
    assert signatures.short_seal("verp-secret", "ntf_01HZX") == "3b513de5"
    assert signatures.short_seal_fits("verp-secret", "ntf_01HZX", "3b513de5")
    assert not signatures.short_seal_fits("verp-secret", "ntf_01HZY", "3b513de5")
    assert not signatures.short_seal_fits("", "ntf_01HZX", signatures.short_seal("", "ntf_01HZX"))
