"""Completed orders whose customers may say how it was."""

from dataclasses import dataclass
from uuid import UUID

from tests.fixtures.mailroom import Mailroom
from tests.fixtures.rules import rule
from tidings.feedback.give import GiveFeedback, give_feedback
from tidings.feedback.link import Followed
from tidings.kit.scope import Scope
from tidings.storefronts.kinds import Channel


@dataclass
class Rated:
    """A mailroom whose messages are rated."""

    mailroom: Mailroom

    async def rule(self, **feedback: object) -> None:
        desk = {"owner": "staff/anna"}
        await rule(self.mailroom.begin, self.mailroom.shop, feedback=feedback, desk=desk)

    async def told(self, *, channel: Channel = "email", version: int = 1, locale: str = "de") -> UUID:
        """A message that was put into words and sent; its id."""
        by = await self.mailroom.connect(channel)
        message = await self.mailroom.owed()
        await self.mailroom.attempt(message, by)
        async with self.mailroom.begin.across() as tx:
            await tx.raw.execute(
                "INSERT INTO contents (storefront_id, order_id, message_id, channel, template, version, locale, text, "
                "extras, rendered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'Hello', '{}', $8)",
                message.storefront_id, message.order_id, message.id, channel, message.milestone, version, locale,
                self.mailroom.clock.now(),
            )  # fmt: skip
            await tx.raw.execute("UPDATE messages SET channel = $2 WHERE id = $1", message.id, channel)
        return message.id

    async def give(
        self, message_id: UUID, rating: int, comment: str | None = None, *, channel: Channel = "email"
    ) -> bool:
        followed = Followed(Scope(self.mailroom.shop.id, self.mailroom.mode), message_id, channel)
        async with self.mailroom.begin(self.mailroom.scope) as tx:
            return await give_feedback(tx, GiveFeedback(followed, rating, comment), now=self.mailroom.clock.now())

    async def order_of(self, message_id: UUID) -> UUID:
        return (await self.mailroom.message(message_id)).order_id
