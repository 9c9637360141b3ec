"""What an SMTP server's answers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.adapters.email.smtp_answers import blames_address, classify
from tidings.delivery.ports import Misconfigured, Permanent, Throttled, Transient, Uncertain

TO = "ada@example.com"


@pytest.mark.parametrize(
    ("code", "text", "stage", "kind", "suppress"),
    [
        (550, "5.1.1 no such user", "recipient", Permanent, "hard_bounce"),
        (550, "no such user", "recipient", Permanent, "hard_bounce"),
        (551, "not here", "recipient", Permanent, "hard_bounce"),
        (553, "bad mailbox name", "recipient", Permanent, "hard_bounce"),
        (550, "5.0.0 says nothing more", "recipient", Permanent, "hard_bounce"),
        (550, "5.2.1 disabled", "recipient", Permanent, "hard_bounce"),
        (550, "5.4.1 access denied", "recipient", Permanent, "hard_bounce"),
        (550, "4.2.2 classes that contradict each other", "recipient", Permanent, "hard_bounce"),
        (501, "5.1.3 bad address syntax", "recipient", Permanent, "hard_bounce"),
        (550, "5.7.1 policy", "recipient", Permanent, None),
        (554, "5.7.1 relaying denied", "recipient", Permanent, None),
        (554, "no", "recipient", Permanent, None),
        (550, "spam", "data", Permanent, None),
        (554, "5.6.0 content", "data", Permanent, None),
        (552, "5.2.2 full", "recipient", Transient, None),
        (552, "full", "recipient", Transient, None),
        (552, "too big", "data", Permanent, None),
        (552, "5.3.4 too big", "sender", Permanent, None),
        (552, "Message size exceeds maximum permitted", "sender", Permanent, None),
        (552, "5.2.3 too big", "sender", Permanent, None),
        (523, "5.3.4 too big", "sender", Permanent, None),
        (451, "4.3.0 later", "recipient", Transient, None),
        (450, "greylisted", "recipient", Transient, None),
        (452, "4.2.2 full", "recipient", Transient, None),
        (450, "4.7.1 too many", "recipient", Throttled, None),
        (421, "closing", "connect", Throttled, None),
        (454, "4.7.0 Throttling failure", "auth", Throttled, None),
        (535, "5.7.8 bad credentials", "auth", Misconfigured, None),
        (530, "5.7.0 authentication required", "sender", Misconfigured, None),
        (530, "authentication required", "recipient", Misconfigured, None),
        (503, "bad sequence", "recipient", Misconfigured, None),
        (503, "5.5.1 bad sequence", "data", Misconfigured, None),
        (503, "bad sequence", "start", Misconfigured, None),
        (530, "authentication required", "start", Misconfigured, None),
        (554, "no valid recipients", "start", Permanent, None),
        (451, "4.3.0 later", "start", Transient, None),
        (-1, "this is no SMTP", "start", Transient, None),
        (250, "surprise", "start", Transient, None),
        (555, "5.5.4 parameters", "sender", Misconfigured, None),
        (550, "5.7.60 not as this sender", "sender", Misconfigured, None),
        (553, "5.1.8 sender's domain", "recipient", Misconfigured, None),
        (554, "no service", "connect", Misconfigured, None),
        (-1, "this is no SMTP", "recipient", Transient, None),
        (-1, "this is no SMTP", "data", Uncertain, None),
        (250, "surprise", "sender", Transient, None),
    ],
)
def test_each_answer_at_its_moment_has_its_meaning(code, text, stage, kind, suppress):
    outcome = classify(code, text, stage, TO)
    assert isinstance(outcome, kind)
    assert getattr(outcome, "suppress", None) == suppress


def test_the_enhanced_code_is_told_where_there_is_one():
    assert classify(550, "5.1.1 <ada@example.com>: no", "recipient", TO) == Permanent(
        "5.1.1 <<recipient>>: no", "5.1.1", "hard_bounce"
    )
    assert classify(550, "", "data", TO) == Permanent("no explanation", "550")


@given(
    code=st.integers(-1, 999),
    text=st.text(max_size=60),
    stage=st.sampled_from(["sender", "recipient", "start", "data"]),
)
def test_every_answer_has_a_meaning(code, text, stage):
    outcome = classify(code, text, stage, TO)
    assert outcome.reason
    if code // 100 not in {4, 5}:
        assert isinstance(outcome, Uncertain if stage == "data" else Transient)


@pytest.mark.parametrize(
    ("status", "blamed"),
    [
        ("5.1.1", True), ("5.0.0", True), ("5.2.1", True), ("5.4.4", True), ("5.1", True),
        ("5.7.1", False), ("5.2.2", False), ("5.3.4", False), ("5.4.7", False), ("4.4.7", False), ("", False),
        ("x", False),
    ],
)  # fmt: skip
def test_a_report_blames_the_address_or_it_does_not(status, blamed):
    assert blames_address(status) is blamed
