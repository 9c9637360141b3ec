"""A shop's own system that takes events: checks who signed them, and answers as it is told."""

from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from tests.doubles.wire import HttpDouble, Reply, Request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class HookedDouble(HttpDouble):
    """`events` are those that it took, in their order; it knows one secret, as shops do."""

    def __init__(self, secret: str = SECRET) -> None:
        super().__init__()
        self.secret = secret
        self.events: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Where it takes events."""
        return f"{self.base_url}/tidings?shop=1"

    @property
    def ids(self) -> list[str]:
        """Of the events that it took."""
        return [event["id"] for event in self.events]

    @property
    def posted(self) -> list[str]:
        """The ids of all that was posted, taken or not."""
        return [request.headers["webhook-id"] for request in self.requests]

    async def respond(self, request: Request) -> Reply:
        """An event is taken."""
        if not is_signed(request, self.secret):
            return Reply.of_json(401, {"error": "the signature is not ours"})
        event = request.json()
        assert request.headers["webhook-id"] == event["id"]
        assert (request.method, request.target) == ("POST", "/tidings?shop=1")
        self.events.append(event)
        return Reply(204)


def is_signed(request: Request, secret: str) -> bool:
    """Whether one of the signatures is what the standard's own package writes, at whatever time it is."""
    headers = request.headers
    moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return Webhook(secret).sign(headers["webhook-id"], moment, request.body.decode()) in headers[
        "webhook-signature"
    ].split(" ")
