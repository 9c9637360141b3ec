from tidings.changes.states import CHANGE_STATUSES, NEXT_OF_CHANGE, NEXT_OF_REFUND, REFUND_STATUSES


def test_every_status_has_its_arrows_and_they_lead_somewhere() -> None:
    for arrows, statuses in ((NEXT_OF_CHANGE, CHANGE_STATUSES), (NEXT_OF_REFUND, REFUND_STATUSES)):
        assert tuple(arrows) == statuses
        assert {after for leads in arrows.values() for after in leads} <= set(statuses)


def test_an_outcome_is_final_but_for_money_that_could_not_go_back() -> None:
    assert [status for status, leads in NEXT_OF_CHANGE.items() if leads] == ["pending"]
    assert list(NEXT_OF_REFUND["failed"]) == ["succeeded"]
    assert not NEXT_OF_REFUND["succeeded"]
