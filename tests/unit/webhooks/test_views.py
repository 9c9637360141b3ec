"""What storefronts see of events and endpoints."""

from datetime import timedelta

from tests.clock import FixedClock
from tidings.kit.ids import new_id, wire
from tidings.webhooks.queries import Position, Told
from tidings.webhooks.tables import WebhookEndpointRow
from tidings.webhooks.views import endpoint_of, event_of, made_endpoint_of

NOW = FixedClock().now()


def row(**columns: object) -> WebhookEndpointRow:
    usual = {
        "storefront_id": new_id(), "id": new_id(), "mode": "test", "url": "https://shop.test", "types": [],
        "secret": b"", "due_at": NOW, "failures": 0, "version": 1, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return WebhookEndpointRow(**usual | columns)


def test_an_event_about_no_order_names_none() -> None:
    told = Told(new_id(), new_id(), 1, "review.opened", "system", NOW, '{"review":{}}', Position(1, 7))
    assert event_of(told).data == {"actor": "system", "review": {}}


def test_an_endpoint_tells_its_last_try_and_when_the_next_is() -> None:
    event = new_id()
    failing = row(
        first_failed_at=NOW, due_at=NOW + timedelta(hours=1), tried_at=NOW, tried_event_id=event, tried_status=500
    )
    told = endpoint_of(failing)
    assert told.next_try_at == NOW + timedelta(hours=1)
    assert told.last_try is not None
    assert (told.last_try.event_id, told.last_try.status) == (wire("evt", event), 500)
    assert endpoint_of(row()).last_try is None
    assert endpoint_of(row(first_failed_at=NOW, disabled_at=NOW)).next_try_at is None


def test_a_secret_is_told_only_with_the_one_that_has_just_got_it() -> None:
    assert made_endpoint_of(row(), "whsec_x").secret == "whsec_x"
    assert "secret" not in endpoint_of(row()).model_dump()
