"""What a settled message leaves to people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.clock import FixedClock
from tidings.delivery.claim import Claimed
from tidings.delivery.ports import Content
from tidings.delivery.rules import Again, Dead, Done, Verdict
from tidings.delivery.settlement import Settlement, call_about, chore_of, needs_script, solved_by
from tidings.kit.ids import new_id, wire

NOW = FixedClock().now()
EMAIL, VOICE = {"channel": "email", "to": "a@shop.test"}, {"channel": "voice", "to": "+491"}
DEAD, WAITS = Verdict("failed", Dead(), "refused"), Verdict("failed", Again(timedelta(seconds=15), 0), "no connection")
CLAIMED = Claimed(
    storefront_id=new_id(), order_id=new_id(), id=new_id(), token=new_id(), mode="test", milestone="change_decided",
    dedupe_key="change_decided:chg_1:3", priority=1, plan=[EMAIL, VOICE], step=0, channel="email", recipient="a",
    attempts=0, tries=0, refused_by=frozenset(), locale="de", time_zone="UTC", created_at=NOW, valid_until=NOW,
    trace=None, snapshot="{}", content=None, suppressed=None, last=None,
)  # fmt: skip


def settled(verdict: Verdict, claimed: Claimed = CLAIMED, **more: Any) -> Settlement:
    return Settlement(claimed, verdict, None, "judged", None, None, None, None, NOW, **more)


def test_a_call_is_asked_for_when_it_is_over_or_waits_and_keeps_its_own_promise() -> None:
    for settlement in (settled(DEAD), settled(WAITS, task="no_connection")):
        call = call_about(settlement)
        assert call is not None
        assert (call.number, call.clock, call.reason) == ("+491", "change_decided:chg_1:1", settlement.verdict.reason)


@pytest.mark.parametrize(
    "settlement",
    [
        settled(WAITS),
        settled(DEAD, task=None),
        settled(DEAD, task="message_unrenderable"),
        settled(DEAD, replace(CLAIMED, plan=[EMAIL])),
        settled(DEAD, replace(CLAIMED, channel="voice"), ends_as="suppressed"),
        settled(replace(DEAD, suppress="hard_bounce"), replace(CLAIMED, channel="voice")),
    ],
)
def test_nobody_calls_about_what_goes_on_or_cannot_be_called_about(settlement: Settlement) -> None:
    assert call_about(settlement) is None
    assert not needs_script(settlement)


def test_words_are_rendered_for_the_call_unless_it_has_them() -> None:
    assert needs_script(settled(DEAD))
    assert needs_script(settled(DEAD, replace(CLAIMED, content=Content("the e-mail"))))
    assert not needs_script(settled(DEAD, replace(CLAIMED, channel="voice", content=Content("the script"))))


@pytest.mark.parametrize(
    ("settlement", "is_called", "kind"),
    [
        (settled(DEAD), False, "message_dead"),
        (settled(DEAD), True, None),
        (settled(DEAD, task="message_unrenderable"), False, "message_unrenderable"),
        (settled(WAITS, task="no_connection"), True, "no_connection"),
        (settled(WAITS, replace(CLAIMED, channel="voice"), task="no_connection"), True, None),
        (settled(WAITS, replace(CLAIMED, channel="voice"), task="no_connection"), False, "no_connection"),
        (settled(WAITS), False, None),
        (settled(DEAD, task=None), False, None),
    ],
)
def test_what_else_there_is_to_do(settlement: Settlement, is_called: bool, kind: str | None) -> None:  # noqa: FBT001
    opening = chore_of(settlement, is_called=is_called)
    assert (None if opening is None else opening.kind) == kind


def test_a_message_that_a_provider_has_need_not_be_called_about() -> None:
    done = Verdict("accepted", Done(), "accepted")
    cause = solved_by(settled(done))
    assert cause is not None
    assert (cause.kind, cause.about) == ("call_customer", wire("msg", CLAIMED.id))
    assert solved_by(settled(done, replace(CLAIMED, plan=[EMAIL]))) is None
    assert solved_by(settled(DEAD)) is None


def test_only_a_wait_for_the_same_thing_without_a_try_is_known() -> None:
    waited = replace(CLAIMED, reason=WAITS.reason)
    assert settled(WAITS, waited).is_known
    assert not settled(WAITS).is_known
    assert not settled(replace(WAITS, reason="waits for its documents"), waited).is_known
    assert not settled(replace(DEAD, reason=WAITS.reason), waited).is_known
    assert not replace(settled(WAITS, waited), attempt_id=new_id()).is_known
