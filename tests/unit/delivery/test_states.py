"""The whole matrix of attempt and message statuses, and that the order of receipts does not matter."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidings.delivery.states import (
    ATTEMPT_STATUSES,
    MESSAGE_STATUSES,
    OPEN,
    RECEIPT_STATUSES,
    AttemptStatus,
    message_status,
    strongest,
)

BESIDE = {"complained", "opted_out"}


@pytest.mark.parametrize(("one", "other"), list(product(ATTEMPT_STATUSES, RECEIPT_STATUSES)))
def test_an_attempt_takes_the_stronger_of_what_it_was_and_what_a_receipt_says(one: str, other: str) -> None:
    if other in BESIDE:
        assert strongest((one, other)) == one
    else:
        later = max(ATTEMPT_STATUSES.index(one), ATTEMPT_STATUSES.index(other))  # type: ignore[arg-type]
        assert strongest((one, other)) == ATTEMPT_STATUSES[later]


def test_receipts_are_as_strong_as_the_contract_lists_them() -> None:
    assert ATTEMPT_STATUSES == (
        "started", "uncertain", "accepted", "sent", "deferred", "failed", "delivered", "bounced",
    )  # fmt: skip


def test_of_nothing_said_an_attempt_is_started() -> None:
    assert strongest(()) == "started"
    assert strongest(("complained",)) == "started"


@pytest.mark.parametrize("six", [RECEIPT_STATUSES[:6], RECEIPT_STATUSES[2:]])
def test_all_permutations_of_six_receipts_each_doubled_end_in_one_state(six: tuple[str, ...]) -> None:
    ends = set()
    for order in permutations(six):
        status: AttemptStatus = "accepted"
        for receipt in order + order[::-1]:
            status = strongest((status, receipt))
        ends.add(status)
    assert ends == {"bounced"}


@given(st.lists(st.sampled_from(RECEIPT_STATUSES), max_size=12), st.randoms(use_true_random=False))
def test_an_attempts_status_is_a_function_of_the_set_of_receipts(receipts: list[str], chance: object) -> None:
    shuffled = receipts * 2
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one: AttemptStatus = "started"
    for receipt in shuffled:
        one_by_one = strongest((one_by_one, receipt))
    assert one_by_one == strongest(receipts) == strongest(set(receipts))


@pytest.mark.parametrize("carries_on", [False, True])
@pytest.mark.parametrize(("one", "other"), list(product(ATTEMPT_STATUSES, ATTEMPT_STATUSES)))
def test_a_message_stands_as_its_attempts_say(one: AttemptStatus, other: AttemptStatus, *, carries_on: bool) -> None:
    found = message_status((one, other), carries_on=carries_on)
    seen = {one, other}
    if "delivered" in seen:
        assert found == "delivered"
    elif seen & {"accepted", "sent", "deferred"}:
        assert found == "sent"
    elif carries_on or seen & {"started", "uncertain"}:
        assert found == "sending"
    else:
        assert found == "failed"


def test_a_message_that_was_never_tried_is_pending_while_there_is_work_and_failed_without() -> None:
    assert message_status((), carries_on=True) == "pending"
    assert message_status((), carries_on=False) == "failed"


def test_what_may_still_leave_by_itself_is_among_the_statuses() -> None:
    assert set(MESSAGE_STATUSES) > OPEN
