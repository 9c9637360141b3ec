"""Explanations, sentence by sentence."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tidings.delivery.explain import Facts, explain
from tidings.delivery.queries import Told
from tidings.delivery.schemas import Explanation
from tidings.delivery.states import MESSAGE_STATUSES
from tidings.delivery.tables import AttemptRow, MessageRow
from tidings.kit.ids import new_id
from tidings.outbox.queries import Waiting

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
PLAN = [{"channel": "email", "to": "ada@example.com"}, {"channel": "sms", "to": "+4915112345678"}]


@dataclass
class Line:
    kind: str
    subject: str = "msg_x"
    actor: str = "system"
    at: datetime = NOW
    data: dict[str, Any] = field(default_factory=dict)


def message(status: str, **columns: Any) -> MessageRow:
    usual: dict[str, Any] = {
        "id": new_id(),
        "status": status,
        "plan": PLAN,
        "step": 0,
        "channel": "email",
        "reason": None,
        "attempts": 0,
        "receipt_overdue": False,
        "valid_until": NOW + timedelta(hours=1),
    }
    return MessageRow(**{**usual, **columns})


def attempt(channel: str = "email", status: str = "accepted") -> AttemptRow:
    return AttemptRow(id=new_id(), channel=channel, connection=f"{channel}-main", status=status)


def work(**more: Any) -> Waiting:
    usual: dict[str, Any] = {"due_at": NOW, "in_hands": False, "parked_at": None, "after_others": False}
    return Waiting(**{**usual, **more})


def told(row: MessageRow, *attempts: AttemptRow, trail: tuple[Line, ...] = (), **more: Any) -> Explanation:
    usual: dict[str, Any] = {"work": None, "usable": frozenset({"email", "sms"}), "barred": frozenset()}
    return explain(Facts(told=Told(row, attempts=list(attempts)), trail=trail, **{**usual, **more}))


@pytest.mark.parametrize("status", MESSAGE_STATUSES)
def test_every_status_has_its_sentences(status: str) -> None:
    explained = told(message(status, reason="because of it"), attempt())
    assert explained.status == status
    assert explained.summary.endswith(".")
    assert explained.next.endswith(".")
    assert "{" not in explained.summary + explained.next


def test_a_delivered_message_says_how_and_when() -> None:
    row = message("delivered", delivered_at=NOW, complained_at=NOW, opted_out_at=NOW)
    assert told(row, attempt(status="delivered")).summary == (
        "The customer has it: delivered by email through email-main on 2026-11-23 at 12:30 UTC."
        " The customer called it spam on 2026-11-23 at 12:30 UTC."
        " The customer wants no more of these on 2026-11-23 at 12:30 UTC."
    )


def test_an_accepted_message_is_not_called_delivered() -> None:
    explained = told(message("sent", receipt_due_at=NOW), attempt())
    assert explained.summary.endswith("that it arrived is not proven.")
    assert explained.next_at == NOW
    overdue = told(message("sent", receipt_due_at=NOW, receipt_overdue=True), attempt())
    assert "has not come in time" in overdue.summary
    assert overdue.next == "Nothing more by itself."


def test_the_plan_says_what_became_of_each_channel() -> None:
    row = message("sending", step=1, channel="sms", attempts=2)
    explained = told(row, attempt(status="failed"), attempt(status="bounced"), work=work(), barred=frozenset({"email"}))
    assert [(step.channel, step.state, step.note) for step in explained.plan] == [
        ("email", "tried", "2 attempts, the last one bounced; the address must not be used"),
        ("sms", "now", "nothing stands against it"),
    ]


def test_a_channel_that_was_not_needed_passed_over_or_is_next_is_named_so() -> None:
    def states(row: MessageRow, *attempts: AttemptRow) -> list[str]:
        return [step.state for step in told(row, *attempts).plan]

    assert states(message("delivered"), attempt()) == ["tried", "not needed"]
    assert states(message("pending")) == ["now", "next"]
    assert states(message("sent", step=1), attempt("sms")) == ["passed over", "tried"]
    assert states(message("cancelled")) == ["not tried", "not needed"]


@pytest.mark.parametrize(
    ("waiting", "more", "begins", "at"),
    [
        (work(), {}, "It is tried by email.", NOW),
        (work(parked_at=NOW), {}, "Nothing by itself: workers died", None),
        (work(in_hands=True), {}, "A worker is sending it by email", None),
        (work(after_others=True), {}, "It goes as soon as the older messages", None),
        (work(), {"usable": frozenset({"push"})}, "It goes when a connection", NOW + timedelta(hours=1)),
        (work(), {"barred": frozenset({"email"})}, "It goes on to its next channel", NOW),
    ],
)
def test_what_is_next_depends_on_what_holds_it_back(
    waiting: Waiting, more: dict[str, Any], begins: str, at: datetime | None
) -> None:
    explained = told(message("pending"), work=waiting, **more)
    assert explained.next.startswith(begins)
    assert explained.next_at == at


def test_where_there_is_no_connection_for_calls_a_person_calls() -> None:
    plan = [{"channel": "email", "to": "ada@example.com"}, {"channel": "voice", "to": "+4915112345678"}]
    calls = "A person calls the customer; it goes by itself if a connection is added before that."
    row = message("sending", plan=plan, step=1, channel="voice")
    assert told(row, work=work(), usable=frozenset({"email"})).next == calls
    assert told(message("pending", plan=plan), work=work(), usable=frozenset({"sms"})).next == calls
    assert told(message("pending", plan=plan), work=work(), usable=frozenset({"email"})).next == "It is tried by email."


def test_a_retry_is_called_one() -> None:
    assert told(message("sending", attempts=1), attempt(status="failed"), work=work()).next == (
        "It is tried once more, by email."
    )


def test_the_trail_is_told_in_sentences() -> None:
    trail = (
        Line("attempt.settled", data={"channel": "email", "connection": "main", "reason": "accepted by the provider"}),
        Line("receipt.received", actor="provider/sendgrid", data={"provider_status": "bounce", "status": "bounced"}),
        Line("message.resumed", data={"channel": "sms", "because": "email bounced", "code": "5.1.1"}),
        Line("message.resent", actor="staff/eve", data={"reason": "asked {for} it"}),
        Line("something.new", actor="staff/eve"),
    )
    assert [decision.what for decision in told(message("sent"), trail=trail).decisions] == [
        "Tried by email over main: accepted by the provider.",
        "sendgrid says bounce, which means bounced.",
        "It goes on by sms: email bounced [5.1.1].",
        "Sent again by staff/eve: asked {for} it.",
        "something.new by staff/eve.",
    ]


def test_a_resend_says_what_it_came_from() -> None:
    old = new_id()
    assert told(message("pending", resend_of=old)).resend_of == f"msg_{old.hex}"
