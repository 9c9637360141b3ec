"""A shop's own system that says whether an order is paid or in stock: checks who asks, and answers as it is told."""

from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests.doubles.wire import HttpDouble, Reply, Request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_PATHS = ("/payment-checks", "/stock-checks")


class VerifierDouble(HttpDouble):
    """`answers` by order number; what it does not know passes. `questions` are those that were signed."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}
        self.questions: list[dict[str, Any]] = []

    @property
    def settings(self) -> dict[str, Any]:
        """A connection's settings for this double."""
        return {"base_url": self.base_url}

    @property
    def secrets(self) -> dict[str, str]:
        """A connection's secrets for this double."""
        return {"signing_secret": SECRET}

    async def respond(self, request: Request) -> Reply:
        """A check is answered."""
        try:
            # By the standard's own package, at whatever time it is.
            Webhook(SECRET).verify(request.body, dict(request.headers))
        except WebhookVerificationError as refusal:
            return Reply.of_json(401, {"error": str(refusal)})
        if request.method != "POST" or request.path not in _PATHS:
            return Reply.of_json(404, {"error": "no such check"})
        question = request.json()
        assert request.path == f"/{question['check']}-checks"
        assert request.headers["webhook-id"] == question["key"]
        self.questions.append(question)
        return Reply.of_json(200, self.answers.get(question["order_number"], {"outcome": "passed"}))
