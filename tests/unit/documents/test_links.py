"""Links to documents: for an order's documents alone, until they end."""

from datetime import UTC, datetime, timedelta

import pytest

from tidings.delivery.links import Linked
from tidings.documents.links import DocumentLinks
from tidings.kit.ids import new_id
from tidings.kit.scope import Scope
from tidings.kit.signed import LinkExpired, LinkInvalid, Signed
from tidings.kit.vault import new_vault_key

KEY = new_vault_key()
NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
LINKS = DocumentLinks([KEY], "https://tidings.test/", lasts=timedelta(days=90))


def message(**changes) -> Linked:
    usual = {
        "storefront_id": new_id(), "mode": "live", "order_id": new_id(), "message_id": new_id(),
        "milestone": "order_completed", "channel": "sms", "snapshot": {"documents": [{"kind": "invoice"}]}, "now": NOW,
    }  # fmt: skip
    return Linked(**usual | changes)


@pytest.mark.parametrize("mode", ["live", "test"])
def test_a_link_leads_to_its_order_until_it_ends(mode: str) -> None:
    told = message(mode=mode)
    link = LINKS.link(told)
    assert link is not None
    assert link.startswith("https://tidings.test/d/")
    token = link.rpartition("/")[2]
    opened = LINKS.opened(token, now=NOW + timedelta(days=89))
    assert (opened.scope, opened.order_id) == (Scope(told.storefront_id, mode), told.order_id)
    with pytest.raises(LinkExpired):
        LINKS.opened(token, now=NOW + timedelta(days=90))


@pytest.mark.parametrize("snapshot", [{}, {"documents": []}, {"documents": [{"kind": "x"}], "has_documents": False}])
def test_without_documents_there_is_no_link(snapshot: dict[str, object]) -> None:
    assert LINKS.link(message(snapshot=snapshot)) is None


def test_documents_that_are_not_attached_have_their_link() -> None:
    assert LINKS.link(message(snapshot={"documents": [], "has_documents": True})) is not None


def test_without_a_key_there_are_no_links() -> None:
    assert DocumentLinks([], "https://tidings.test", lasts=timedelta(days=1)).link(message()) is None


@pytest.mark.parametrize("value", [b"", b"x" * 33, b"l", b"l" + b"0" * 31])
def test_what_is_signed_and_no_link_is_refused(value: bytes) -> None:
    token = Signed([KEY], "documents").token(value, ends_at=NOW + timedelta(days=1))
    with pytest.raises(LinkInvalid):
        LINKS.opened(token, now=NOW)
