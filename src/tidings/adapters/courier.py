"""Carries events to storefronts' own systems: signed as Standard Webhooks sign, one POST, no redirects.

It has a client of its own, so that a shop's system that hangs shares neither connections nor time-outs with providers.
"""

from datetime import timedelta
from typing import Final

from tidings.adapters.http import Http, HttpFailure, HttpRequest, Patience
from tidings.adapters.provider import outside_address
from tidings.adapters.retry_after import retry_after
from tidings.adapters.signatures import standard_signature
from tidings.adapters.wording import reason
from tidings.webhooks.ports import Answer, Answered, Parcel, Unanswered

# What Standard Webhooks asks senders for at least. Of the body nothing is kept, so hardly anything is read.
PATIENCE: Final = Patience(total=timedelta(seconds=15), read=timedelta(seconds=15), answer_bytes=1024)
_LONGEST_WAIT: Final = timedelta(days=1)


class HttpCourier:
    """Posts over HTTP."""

    def __init__(self, http: Http, *, allow_insecure: bool) -> None:
        """Take the client.

        Args:
            http: what it posts with, closed with it.
            allow_insecure: True under `tidings dev` only: plain-HTTP and loopback addresses are accepted.
        """
        self._http = http
        self._allow_insecure = allow_insecure

    def objection(self, url: str) -> str | None:
        """Why events may not be posted there."""
        return outside_address(url, allow_insecure=self._allow_insecure, with_query=True)

    async def carry(self, parcel: Parcel) -> Answer:
        """Post it once."""
        answer = await self._http.send(request(parcel))
        if isinstance(answer, HttpFailure):
            return Unanswered(reason(answer.reason))
        return Answered(answer.status, retry_after(answer.headers, parcel.at, most=_LONGEST_WAIT))

    async def close(self) -> None:
        """Let go of its connections."""
        await self._http.close()


def request(parcel: Parcel) -> HttpRequest:
    """The event as it is posted: one signature for each secret, so that either may be known over there."""
    signatures = [standard_signature(parcel.id, parcel.at, parcel.body, secret) for secret in parcel.secrets]
    fields = {
        "content-type": "application/json",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(parcel.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return HttpRequest("POST", parcel.url, fields, parcel.body)
