"""The same tables as SQLAlchemy's tutorial would map them: with relationships, so that the unit of work orders them.

Where the tables have no foreign key (docs/decisions/0012, 0022), the relationship says by which columns it goes.
"""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, relationship

from tidings.callbacks.tables import InboxRow
from tidings.deadlines.tables import DeadlineRow
from tidings.delivery.tables import AttemptRow, ContentRow, MessageRow, ReceiptRow
from tidings.kit.idempotency import IdempotencyKeyRow
from tidings.orders.tables import OrderLineRow, OrderRow
from tidings.outbox.tables import OutboxRow
from tidings.records.tables import RecordRow
from tidings.storefronts.tables import ConnectionRow, StorefrontRow
from tidings.webhooks.tables import EventRow


class Base(DeclarativeBase):
    """Of this baseline's own models."""


def _message_of_order() -> ColumnElement[bool]:
    return and_(
        foreign(Message.storefront_id) == Order.storefront_id,
        foreign(Message.order_id) == Order.id,
    )


def _content_of_message() -> ColumnElement[bool]:
    return and_(
        foreign(Content.storefront_id) == Message.storefront_id,
        foreign(Content.order_id) == Message.order_id,
        foreign(Content.message_id) == Message.id,
    )


def _attempt_of_message() -> ColumnElement[bool]:
    return and_(
        foreign(Attempt.storefront_id) == Message.storefront_id,
        foreign(Attempt.order_id) == Message.order_id,
        foreign(Attempt.message_id) == Message.id,
    )


def _message_of_order() -> ColumnElement[bool]:
    """What is told of reviews belongs to no order, so there is no foreign key to go by."""
    return and_(foreign(Message.storefront_id) == Order.storefront_id, foreign(Message.order_id) == Order.id)


class Order(Base):
    """An order with its lines and messages."""

    __table__ = OrderRow.__table__

    lines: Mapped[list["OrderLine"]] = relationship(back_populates="order", order_by="OrderLine.line")
    messages: Mapped[list["Message"]] = relationship(back_populates="order", primaryjoin=_message_of_order)


class OrderLine(Base):
    """A line."""

    __table__ = OrderLineRow.__table__

    order: Mapped[Order] = relationship(back_populates="lines")


class Message(Base):
    """What a customer is told."""

    __table__ = MessageRow.__table__

    order: Mapped[Order] = relationship(back_populates="messages", primaryjoin=_message_of_order)
    attempts_made: Mapped[list["Attempt"]] = relationship(back_populates="message", primaryjoin=_attempt_of_message)
    contents: Mapped[list["Content"]] = relationship(back_populates="message", primaryjoin=_content_of_message)


class Content(Base):
    """How it was worded."""

    __table__ = ContentRow.__table__

    message: Mapped[Message] = relationship(back_populates="contents", primaryjoin=_content_of_message)


class Attempt(Base):
    """A try at sending it."""

    __table__ = AttemptRow.__table__

    message: Mapped[Message] = relationship(back_populates="attempts_made", primaryjoin=_attempt_of_message)
    receipts: Mapped[list["Receipt"]] = relationship(back_populates="attempt")


class Receipt(Base):
    """What the provider said of it."""

    __table__ = ReceiptRow.__table__

    attempt: Mapped[Attempt] = relationship(back_populates="receipts")


class Event(Base):
    """What the storefront is told."""

    __table__ = EventRow.__table__


class Record(Base):
    """A line of the trail."""

    __table__ = RecordRow.__table__


class Deadline(Base):
    """A promise."""

    __table__ = DeadlineRow.__table__


class Outbox(Base):
    """Work that waits."""

    __table__ = OutboxRow.__table__


class IdempotencyKey(Base):
    """A key that was used."""

    __table__ = IdempotencyKeyRow.__table__


class Inbox(Base):
    """A callback as it came."""

    __table__ = InboxRow.__table__


class Storefront(Base):
    """A shop."""

    __table__ = StorefrontRow.__table__


class Connection(Base):
    """An account at a provider."""

    __table__ = ConnectionRow.__table__
