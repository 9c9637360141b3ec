"""What a shop's own system would do: places an order over HTTP, decides its checks, ships it, reports its delivery."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from tidings.kit.ids import new_id
from tidings.orders.examples import ORDER

DEVICES = [{"platform": "fcm", "token": "sandbox-device-of-ada"}]


class StepFailed(Exception):
    """A call to the API was not answered as it should be."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that was placed."""

    id: str
    number: str


def sample_order(channel: str, now: datetime) -> dict[str, Any]:
    """The body of an order whose customer prefers a channel; tidings gives it a number."""
    today = now.date()
    customer = ORDER["customer"] | {"preferred_channel": channel, "locale": "en-GB"}
    return ORDER | {
        "placed_at": now.isoformat(),
        "customer": customer | ({"devices": DEVICES} if channel == "push" else {}),
        "estimated_delivery": {
            "from": (today + timedelta(days=2)).isoformat(),
            "to": (today + timedelta(days=4)).isoformat(),
        },
        "metadata": {"sample": "tidings dev"},
    }


class Shop:
    """A client of the API."""

    def __init__(self, base_url: str, key: str, now: Callable[[], datetime]) -> None:
        self.base_url = base_url
        self._http = httpx.AsyncClient(
            base_url=base_url, headers={"Authorization": f"Bearer {key}"}, timeout=20, trust_env=False
        )
        self._now = now

    async def close(self) -> None:
        """Let go of its connections."""
        await self._http.aclose()

    async def place(self, channel: str) -> Placed:
        """Place a sample order."""
        answer = await self._call("POST", "/v1/orders", sample_order(channel, self._now()))
        return Placed(answer["id"], answer["number"])

    async def check(self, order: Placed) -> None:
        """Payment and stock are as they should be."""
        for kind in ("payment", "stock"):
            body = {"outcome": "passed", "reason": "looked at by the sample shop"}
            await self._call("PUT", f"/v1/orders/{order.id}/{kind}-check", body)

    async def ship(self, order: Placed) -> str:
        """Hand everything to the carrier; says the parcel's id."""
        number = f"00340{new_id().int % 10**15:015d}"
        body = {"carrier": "DHL", "tracking_number": number, "tracking_url": f"https://carrier.example/track/{number}"}
        answer = await self._call("POST", f"/v1/orders/{order.id}/shipments", body)
        return str(answer["id"])

    async def deliver(self, shipment_id: str) -> None:
        """The carrier has handed it over."""
        body = {"status": "delivered", "at": self._now().isoformat(), "note": "Handed to the customer"}
        await self._call("POST", f"/v1/shipments/{shipment_id}/events", body)

    async def timeline(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """What has happened so far."""
        answer = await self._call("GET", f"/v1/orders/{order.id}/timeline?limit=200")
        items: Sequence[Mapping[str, Any]] = answer["items"]
        return items

    async def messages(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """What its customer was told, and what became of it."""
        answer = await self._call("GET", f"/v1/orders/{order.id}/messages?limit=200")
        items: Sequence[Mapping[str, Any]] = answer["items"]
        return items

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": new_id().hex} if method == "POST" else {}
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise StepFailed(f"{method} {path}: {type(error).__name__}") from error
        if answer.is_error:
            raise StepFailed(f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}")
        told: dict[str, Any] = answer.json()
        return told
