"""The work table: a row is a pending piece of work, and is deleted when done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, PrimaryKeyConstraint, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.outbox.kinds import ERRAND_KINDS


class OutboxRow(Base):
    """One pending message. `due_at` says when it may be claimed: a lease moves it to the lease's end.

    So a row whose worker died is due again by itself, and one column answers "what is claimable".
    """

    __tablename__ = "outbox"

    storefront_id: Mapped[UUID] = mapped_column(Uuid)
    # The id of the message (or other thing) that is the work.
    id: Mapped[UUID] = mapped_column(Uuid)
    mode: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    # Which channel it goes to next; with storefront and mode, the route whose connections may take it.
    queue: Mapped[str] = mapped_column(Text)
    # Lower goes first; from the milestone.
    priority: Mapped[int] = mapped_column(SmallInteger)
    # Work of one order in one lane leaves in the order of its facts. "customer" for messages to the customer.
    lane: Mapped[str] = mapped_column(Text)
    order_seq: Mapped[int] = mapped_column(Integer)
    # Always by the database's clock: a fast or slow application clock neither delays nor hurries a message.
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    # Fences: whoever settles must still hold this token.
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    lease_owner: Mapped[str | None] = mapped_column(Text)
    # Leases that ran out without a word: two and it is claimed alone, three and it is parked.
    lost_leases: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # Set when parked, or when a person must act first: not claimed.
    parked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # Each begins with a column of its own. A queue is analysed when it is empty, too, and from then on the planner
        # takes any index for as good as any other: only one must fit each question (docs/decisions/0027).
        PrimaryKeyConstraint("id", "storefront_id"),
        Index("ix_outbox_route", "mode", "queue", "storefront_id", "priority", "due_at"),
        Index("ix_outbox_lane", "order_id", "lane", "order_seq"),
        # The few rows whose worker died before: looked for now and then, to be claimed alone.
        Index("ix_outbox_suspect", "due_at", postgresql_where=text("lost_leases > 0")),
        one_of("queue", ("email", "sms", "push", "voice")),
        {
            # A queue table dies young: vacuum by count, never by share.
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": "0",
                "autovacuum_vacuum_threshold": "20000",
                "fillfactor": "70",
            }
        },
    )


class ErrandRow(Base):
    """One thing that the machine must do after a commit, other than sending a message; deleted when done.

    Due by the application's clock, because some are due in days and tests turn that clock; leased by the database's.
    """

    __tablename__ = "errands"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    # What it is about, as a wire id.
    subject: Mapped[str] = mapped_column(Text)
    # Whatever the next try must know of the last one.
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Turns taken at it, those that ended without a word among them.
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # Turns in a row that ended without a word: it may be what its workers died of.
    lost_leases: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_token: Mapped[UUID | None] = mapped_column(Uuid)
    # Set when it failed too often: a person must look at it.
    parked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_errands_due", "due_at", postgresql_where=text("parked_at IS NULL")),
        # Each begins with a column of its own, as those of the outbox do.
        Index("ix_errands_order_id", "order_id"),
        # Checks that wait: for goods, or for whoever is asked. Made due at once when those have come.
        Index(
            "ix_errands_waiting",
            "kind",
            "mode",
            "storefront_id",
            postgresql_where=text("kind IN ('check_payment', 'check_stock')"),
        ),
        one_of("kind", ERRAND_KINDS),
        {
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": "0",
                "autovacuum_vacuum_threshold": "20000",
            }
        },
    )
