"""Sends a version of the wording to somebody who may be sent tests: marked as one, on record, and about no order."""

import hashlib
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tidings.delivery.address import checked_address
from tidings.delivery.connections import config_of
from tidings.delivery.errors import NoConnection, RecipientNotAllowed
from tidings.delivery.guard import Guard, Passed
from tidings.delivery.ports import ConnectionConfig, Content, Outgoing, Sender
from tidings.kit.db import Begin, Scope, Tx
from tidings.kit.ids import new_id, wire
from tidings.kit.problem import InvalidInput
from tidings.kit.vault import Vault
from tidings.records.append import Entry, append
from tidings.storefronts.kinds import Channel
from tidings.storefronts.rules import ShopRules
from tidings.storefronts.usable import usable_connections

BANNER: Final = "This is a test of a message's wording. It is about no order."
_VALID: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Trial:
    """A test that is about to be sent."""

    template_id: UUID
    attempt_id: UUID
    connection: ConnectionConfig
    channel: Channel
    to: str
    locale: str
    content: Content
    actor: str

    @property
    def sha256(self) -> str:
        """Of what is sent: what the trail has in its place."""
        said = "\n".join([self.content.subject or "", self.content.text, self.content.html or ""])
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Post:
    """What tests are sent with."""

    guard: Guard
    vault: Vault
    open_sender: Callable[[ConnectionConfig], Sender]
    public_url: str
    now: datetime


def allowed_recipient(post: Post, scope: Scope, rules: ShopRules, channel: Channel, to: str) -> str:
    """Where a test may go: in test mode anywhere, because nothing leaves; in live mode to the shop's own people.

    Raises:
        RecipientNotAllowed: neither the shop's own address nor on the deployment's list.
    """
    own = {_as_judged(str(each)) for each in _own(rules) if each}
    if scope.mode == "live" and to.lower() not in own and not post.guard.names(to):
        raise RecipientNotAllowed
    judged = post.guard.judge(channel, to)
    if not isinstance(judged, Passed):
        raise RecipientNotAllowed
    return judged.to


def _own(rules: ShopRules) -> Collection[Any]:
    desk = rules.policy.desk
    return [rules.contact.get("email"), rules.contact.get("phone"), desk.email, desk.delegate_email]


def _as_judged(contact: str) -> str:
    """Spelled as what is asked for is by now: an international domain in ASCII, a number without its spaces."""
    with suppress(InvalidInput):
        return checked_address("email" if "@" in contact else "sms", contact, "test").lower()
    return contact.lower()


async def chosen_connection(tx: Tx, post: Post, channel: Channel, name: str | None) -> ConnectionConfig:
    """The connection that a test goes through.

    Raises:
        NoConnection: the channel has none, or none of this name.
    """
    for opened in await usable_connections(tx, [tx.scope.storefront_id], post.vault, now=post.now):
        if (opened.mode, opened.channel) == (tx.scope.mode, channel) and name in {None, opened.name}:
            return config_of(opened)
    raise NoConnection


async def begin_trial(tx: Tx, trial: Trial, now: datetime) -> None:
    """Write down that it is sent, before it is."""
    data = {
        "channel": trial.channel,
        "locale": trial.locale,
        "connection": trial.connection.name,
        "sha256": trial.sha256,
    }
    await append(tx, _entry(tx.scope, trial, "template.tested", now, data))


async def send_trial(begin: Begin, scope: Scope, trial: Trial, post: Post) -> None:
    """Send it once, and write down what the provider said."""
    sender = post.open_sender(trial.connection)
    try:
        outcome = await sender.send(_outgoing(trial, post))
    finally:
        await sender.close()
    data = {"outcome": type(outcome).__name__.lower(), "code": getattr(outcome, "code", None)}
    async with begin(scope) as tx:
        await append(tx, _entry(scope, trial, "template.test_ended", post.now, data))


def _entry(scope: Scope, trial: Trial, kind: str, at: datetime, data: dict[str, Any]) -> Entry:
    subject, told = wire("tpl", trial.template_id), {"attempt": wire("att", trial.attempt_id), **data}
    return Entry(scope.storefront_id, None, scope.mode, kind, subject, trial.actor, at, told)


def _outgoing(trial: Trial, post: Post) -> Outgoing:
    """About no order and no message: the ids are its own."""
    return Outgoing(
        attempt_id=wire("att", trial.attempt_id),
        message_id=wire("msg", new_id()),
        order_id=wire("ord", new_id()),
        channel=trial.channel,
        to=trial.to,
        content=trial.content,
        locale=trial.locale,
        callback_url=f"{post.public_url}/v1/callbacks/{wire('con', trial.connection.id)}",
        valid_until=post.now + _VALID,
    )
