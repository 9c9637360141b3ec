"""What a shop's own system, its staff and its carrier would do, over HTTP: from an order's receipt to its end."""

import hashlib
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


Answer = dict[str, Any]


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

    async def stock_up(self) -> None:
        """What one sample order needs comes in."""
        for line in ORDER["lines"]:
            body = {"kind": "received", "quantity": line["quantity"], "reason": "for a sample order"}
            await self._post(f"/v1/stock/{line['sku']}/movements", body)

    async def place(self, channel: str) -> Placed:
        """Place a sample order."""
        answer = await self._post("/v1/orders", sample_order(channel, self._now()))
        return Placed(answer["id"], answer["number"])

    async def read(self, order: Placed) -> Answer:
        """The order as it stands."""
        return await self._call("GET", f"/v1/orders/{order.id}")

    async def check(self, order: Placed) -> None:
        """Payment and stock are as they should be."""
        for kind in ("payment", "stock"):
            body = {"outcome": "passed", "reason": "looked at by the sample shop"}
            await self._call("PUT", f"/v1/orders/{order.id}/{kind}-check", body)

    async def ship(self, order: Placed, *lines: tuple[int, int]) -> str:
        """Hand so many of these lines to the carrier, or all that is left; says the parcel's id."""
        number = f"00340{new_id().int % 10**15:015d}"
        body = {
            "carrier": "DHL",
            "tracking_number": number,
            "tracking_url": f"https://carrier.example/track/{number}",
            "lines": [{"line": line, "quantity": quantity} for line, quantity in lines],
        }
        answer = await self._post(f"/v1/orders/{order.id}/shipments", body)
        return str(answer["id"])

    async def track(self, shipment_id: str, status: str, note: str) -> None:
        """The carrier says where the parcel is."""
        body = {"status": status, "at": self._now().isoformat(), "note": note}
        await self._post(f"/v1/shipments/{shipment_id}/events", body)

    async def deliver(self, shipment_id: str) -> None:
        """The carrier has handed it over."""
        await self.track(shipment_id, "delivered", "Handed to the customer")

    async def complete(self, order: Placed) -> None:
        """Nothing more will be done about it."""
        await self._post(f"/v1/orders/{order.id}/completion")

    async def open_issue(self, order: Placed, kind: str, details: str, next_steps: str) -> str:
        """Something is wrong; says the issue's id."""
        body = {"kind": kind, "details": details, "next_steps": next_steps}
        return str((await self._post(f"/v1/orders/{order.id}/issues", body))["id"])

    async def resolve(self, issue_id: str, resolution: str) -> None:
        """It is settled."""
        await self._post(f"/v1/issues/{issue_id}/resolution", {"resolution": resolution})

    async def ask(self, order: Placed, kind: str, reason: str, changes: Mapping[str, Any] | None = None) -> str:
        """The customer rings up and wants something else; says the request's id."""
        body: dict[str, Any] = {"kind": kind, "reason": reason, "requested_by": "customer", "via": "phone"}
        body |= {} if changes is None else {"changes": changes}
        answer = await self._post(f"/v1/orders/{order.id}/change-requests", body, actor="staff/clerk")
        return str(answer["id"])

    async def approve(self, request_id: str, reason: str, *, actor: str) -> None:
        """Somebody of the staff approves it."""
        body = {"outcome": "approved", "reason": reason}
        await self._post(f"/v1/change-requests/{request_id}/decision", body, actor=actor)

    async def timeline(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """What has happened so far."""
        return await self._items(f"/v1/orders/{order.id}/timeline?limit=200")

    async def messages(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """What its customer was told, and what became of it."""
        return await self._items(f"/v1/orders/{order.id}/messages?limit=200")

    async def deadlines(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """The promises about it, and how they stand."""
        return await self._items(f"/v1/deadlines?order_id={order.id}&limit=200")

    async def refunds(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """The money that goes back, and whether it did."""
        return await self._items(f"/v1/refunds?order_id={order.id}&limit=200")

    async def documents(self, order: Placed) -> Sequence[Mapping[str, Any]]:
        """Its documents, each opened: `is_whole` if it is a PDF, and the one that it is said to be."""
        return [
            {**told, "is_whole": told["file"] is not None and await self._is_whole(told)}
            for told in await self._items(f"/v1/orders/{order.id}/documents")
        ]

    async def rate(self, link: str, rating: int, comment: str) -> None:
        """The customer follows the link of a message, and sends the form of its page.

        Raises:
            StepFailed: there is no such page, or it does not take what was sent.
        """
        async with httpx.AsyncClient(timeout=20, trust_env=False) as browser:
            for answer in (
                await browser.get(link),
                await browser.post(link, data={"rating": rating, "comment": comment}),
            ):
                if answer.is_error:
                    raise StepFailed(f"the feedback page answered {answer.status_code}: {answer.text[:2000]}")

    async def ratings(self, order: Placed) -> Sequence[int]:
        """What its customer has said."""
        return [given["rating"] for given in await self._items(f"/v1/feedback?order_id={order.id}")]

    async def _is_whole(self, told: Mapping[str, Any]) -> bool:
        content = (await self._answered("GET", f"/v1/documents/{told['id']}/content")).content
        return content.startswith(b"%PDF-") and hashlib.sha256(content).hexdigest() == told["file"]["sha256"]

    async def _items(self, path: str) -> Sequence[Mapping[str, Any]]:
        items: Sequence[Mapping[str, Any]] = (await self._call("GET", path))["items"]
        return items

    async def _post(self, path: str, body: Mapping[str, Any] | None = None, *, actor: str | None = None) -> Answer:
        headers = {"Idempotency-Key": new_id().hex}
        return await self._call("POST", path, body, headers | ({"Tidings-Actor": actor} if actor else {}))

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        told: Answer = (await self._answered(method, path, body, headers)).json()
        return told

    async def _answered(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise StepFailed(f"{method} {path}: {type(error).__name__}") from error
        if answer.is_error:
            raise StepFailed(f"{method} {path} was answered {answer.status_code}: {answer.text[:2000]}")
        return answer
