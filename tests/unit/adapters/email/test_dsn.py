"""Mails about mails: bounces, delays, complaints, holiday notices, and what strangers make up."""

import dataclasses
import time
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.doubles.reports import bounce_of, complaint_of
from tidings.adapters.email.dsn import ENVELOPE_HEADER, DsnReader
from tidings.adapters.email.verp import bounce_address, sealed
from tidings.callbacks.ports import Posted, ProviderEvent
from tidings.delivery.ports import ConnectionConfig

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ATTEMPT = "ntf_01HZX"
ADDRESS = "bounce+ntf_01HZX.3b513de5@bounces.shop.example"
ORIGINAL = b"Message-ID: <ntf_01HZX@shop.example>\nSubject: Your order\n\n"
CONNECTION = ConnectionConfig(
    UUID(int=1), UUID(int=2), "live", "main", "email", "smtp", {}, {"bounce_key": "verp-secret"}, 1
)
READER = DsnReader()


def read(body: bytes, **headers: str) -> list[ProviderEvent]:
    posted = Posted("https://x", headers, body)
    assert READER.verify(posted, CONNECTION, NOW)
    return list(READER.parse(posted, CONNECTION))


def test_the_published_bounce_condemns_the_address():
    body = bounce_of(ADDRESS, "bob@example.com", ORIGINAL, diagnostic="smtp; 550 5.1.1 <bob@example.com>: user unknown")
    assert read(body) == [
        ProviderEvent(
            key=f"{ATTEMPT}:failed:5.1.1",
            kind="receipt",
            provider_status="failed 5.1.1",
            status="bounced",
            attempt_id=ATTEMPT,
            at=datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC),
            detail={"code": "5.1.1", "reason": "550 5.1.1 <<recipient>>: user unknown"},
        )
    ]


@pytest.mark.parametrize(
    ("action", "status", "meaning"),
    [
        ("delivered", "2.0.0", "delivered"),
        ("relayed", "2.0.0", "sent"),
        ("expanded", "2.0.0", "sent"),
        ("delayed", "4.4.1", "deferred"),
        ("FAILED", "5.1.1", "bounced"),
        ("failed", "4.4.7", "failed"),
        ("failed", "5.7.1", "failed"),
        ("failed", "5.1.1 (bad destination)", "bounced"),
        ("lost", "5.0.0", None),
    ],
)
def test_each_action_has_its_meaning(action, status, meaning):
    (event,) = read(bounce_of(ADDRESS, "bob@example.com", ORIGINAL, action=action, status=status))
    assert event.status == meaning
    assert event.kind == ("receipt" if meaning else "ignored")


def test_the_seal_is_found_wherever_mail_systems_leave_it():
    key = "verp-secret"
    body = bounce_of("postmaster@shop.example", "bob@example.com", ORIGINAL)
    in_header = bounce_of(
        "orders@shop.example", "bob@example.com", f"X-Tidings-Attempt: {sealed('att_1', key)}\n\n".encode()
    )
    in_path = bounce_of("orders@shop.example", "bob@example.com", f"Return-Path: <{ADDRESS}>\n\n".encode())
    assert not READER.verify(Posted("https://x", {}, body), CONNECTION, NOW)
    assert read(body, **{ENVELOPE_HEADER: ADDRESS})[0].attempt_id == ATTEMPT
    assert read(b"Delivered-To: " + ADDRESS.encode() + b"\n" + body)[0].attempt_id == ATTEMPT
    assert read(in_header)[0].attempt_id == "att_1"
    assert read(in_path)[0].attempt_id == ATTEMPT


def test_the_previous_key_still_opens():
    renewed = dataclasses.replace(
        CONNECTION, secrets={"bounce_key": "new-secret", "previous_bounce_key": "verp-secret"}
    )
    posted = Posted("https://x", {}, bounce_of(ADDRESS, "bob@example.com", ORIGINAL))
    assert READER.verify(posted, renewed, NOW)


def test_without_a_key_nothing_is_believed():
    keyless = dataclasses.replace(CONNECTION, secrets={})
    body = bounce_of(bounce_address("b@c.example", sealed("att_1", "")), "bob@example.com", ORIGINAL)
    assert not READER.verify(Posted("https://x", {}, body), keyless, NOW)


def test_a_forged_seal_is_refused_and_says_nothing():
    posted = Posted("https://x", {}, bounce_of(ADDRESS.replace("3b51", "3b52"), "bob@example.com", ORIGINAL))
    assert not READER.verify(posted, CONNECTION, NOW)
    with pytest.raises(ValueError, match="ours"):
        READER.parse(posted, CONNECTION)


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [("abuse", "complained"), ("fraud", "complained"), ("opt-out", "opted_out"), ("not-spam", None), ("new", None)],
)
def test_a_complaint_counts_by_its_kind(kind, meaning):
    (event,) = read(complaint_of("fbl@shop.example", ORIGINAL, kind=kind, mail_from=ADDRESS))
    assert (event.status, event.attempt_id, event.key) == (meaning, ATTEMPT, f"{ATTEMPT}:feedback:{kind}")


def test_a_holiday_notice_makes_nothing_happen():
    body = f"To: {ADDRESS}\nAuto-Submitted: auto-replied\nSubject: away\n\nBack on Monday.\n".encode()
    (event,) = read(body)
    assert (event.kind, event.attempt_id) == ("ignored", None)
    assert event.key != read(body + b"!")[0].key


def test_one_report_may_tell_of_two_recipients():
    body = bounce_of(ADDRESS, "bob@example.com", ORIGINAL)
    second = b"\nFinal-Recipient: rfc822;eve@example.com\nAction: delayed\nStatus: 4.2.2\n"
    events = read(body.replace(b"Last-Attempt-Date: Mon, 23 Nov 2026 10:00:05 +0000\n", second))
    assert [event.status for event in events] == ["bounced", "deferred"]


def test_the_international_form_of_a_report_is_read_too():
    body = bounce_of(ADDRESS, "jürgen@example.com", ORIGINAL)
    body = body.replace(b"report-type=delivery-status", b"report-type=global-delivery-status")
    body = body.replace(b"message/delivery-status", b"message/global-delivery-status")
    body = body.replace(b"text/rfc822-headers", b"message/global-headers")
    (event,) = read(body)
    assert event.status == "bounced"


def test_a_report_whose_fields_are_a_mail_of_many_parts_says_nothing():
    body = bounce_of(ADDRESS, "bob@example.com", ORIGINAL).replace(b"Reporting-MTA: dns; mx.shop.example\n", b"")
    parts = (
        b"message/global-delivery-status\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nAction: failed\n--c--\n"
    )
    (event,) = read(body.replace(b"message/delivery-status\n", parts))
    assert event.kind == "ignored"


def test_bytes_that_are_no_text_do_no_harm():
    body = bounce_of(ADDRESS, "bob@example.com", ORIGINAL)
    bent = body.replace(b"user unknown", b"\xff\xfe\x00 unknown").replace(b"10:00:05", b"99:99:99")
    (event,) = read(bent)
    assert event.status == "bounced"
    assert event.at is None
    assert "\x00" not in str(event)


def test_a_year_that_no_calendar_has_costs_the_report_nothing_but_its_time():
    report = bounce_of(ADDRESS, "bob@example.com", ORIGINAL).replace(
        b"23 Nov 2026 10:00:05", b"23 Nov 99999999999 10:00"
    )
    (event,) = read(report)
    assert (event.status, event.at) == ("bounced", None)


@given(
    body=st.binary(max_size=400),
    cut=st.integers(0, 900),
    noise=st.sampled_from(
        [b"\n\n--=_b\n", b"Content-Type: multipart/mixed; boundary=x\n", b"\x00", b"=?x?q??=", b";*0*=''"]
    ),
)
@settings(max_examples=80, deadline=None)
def test_no_mail_at_all_is_trouble(body, cut, noise):
    report = bounce_of(ADDRESS, "bob@example.com", ORIGINAL)
    for raw in (body, report[:cut] + noise + body + report[cut:], b"To: " + ADDRESS.encode() + b"\n" + noise + body):
        posted = Posted("https://x", {}, raw)
        if READER.verify(posted, CONNECTION, NOW):
            for event in READER.parse(posted, CONNECTION):
                assert "\x00" not in f"{event.key}{event.provider_status}{event.detail}"
                f"{event}".encode()


def _within(depth: int) -> bytes:
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))


@pytest.mark.parametrize(
    "body",
    [
        _within(50),
        _within(3000),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 300_000,
        b"a: b\n" * 300_000,
        b"att_1.00000000 " * 100_000,
        b"aaaaa_" + b"a" * 1_900_000,
    ],
    ids=["parts in parts", "many more", "mails in mails", "many parts", "many headers", "guesses", "one long word"],
)
def test_a_mail_that_is_made_to_cost_time_costs_little(body):
    addressed = b"To: " + ADDRESS.encode() + b"\n" + body
    started = time.process_time()
    for raw in (body, addressed):
        posted = Posted("https://x", {}, raw)
        if READER.verify(posted, CONNECTION, NOW):
            assert [event.kind for event in READER.parse(posted, CONNECTION)] == ["ignored"]
    assert time.process_time() - started < 2
