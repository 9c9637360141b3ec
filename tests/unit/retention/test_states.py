"""Which way an erasure and an export may go."""

from tidings.retention.states import (
    ERASURE_STATUSES,
    EXPORT_STATUSES,
    NEXT_OF_ERASURE,
    NEXT_OF_EXPORT,
)


def test_every_state_has_its_arrows_and_leads_to_known_ones() -> None:
    assert set(NEXT_OF_ERASURE) == set(ERASURE_STATUSES)
    assert set(NEXT_OF_EXPORT) == set(EXPORT_STATUSES)
    assert all(set(arrows) <= set(ERASURE_STATUSES) for arrows in NEXT_OF_ERASURE.values())
    assert all(set(arrows) <= set(EXPORT_STATUSES) for arrows in NEXT_OF_EXPORT.values())


def test_what_is_erased_stays_erased() -> None:
    assert NEXT_OF_ERASURE["done"] == {}
    assert NEXT_OF_EXPORT["expired"] == {}
