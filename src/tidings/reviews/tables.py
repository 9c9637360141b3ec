"""Reviews of the procedure, their causes, and how far the facts have been looked through for more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.kit.xid import Xid8
from tidings.reviews.kinds import CAUSE_KINDS
from tidings.reviews.states import REVIEW_STATUSES


class ReviewRow(Base):
    """One review of a storefront's procedure; at most one is open."""

    __tablename__ = "reviews"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("storefronts.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened_by: Mapped[str] = mapped_column(Text)
    # Figures of the time since the last one, as they were when it was opened: schemas.ReviewInput.
    input: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Who holds it, and by when it must have its outcome.
    owner: Mapped[str | None] = mapped_column(Text)
    warns_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    escalates_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Staff was told of it: each once.
    warned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    missed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # The outcome, in staff's own words, and what is to be done: schemas.FollowUp.
    decision: Mapped[str | None] = mapped_column(Text)
    follow_ups: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    concluded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    concluded_by: Mapped[str | None] = mapped_column(Text)
    # The place of its last fact among its own: its events are a log like an order's.
    last_seq: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        one_of("status", REVIEW_STATUSES),
        Index("uq_reviews_open", "storefront_id", unique=True, postgresql_where=text("status = 'open'")),
        # What is due is looked for among those that are open: as many as there are shops, at most.
        Index("ix_reviews_due", "due_at", postgresql_where=text("status = 'open'")),
    )


class ReviewCauseRow(Base):
    """Why a review was opened, or what joined it. Each cause counts once, whoever finds it."""

    __tablename__ = "review_causes"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    review_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    # What makes it the only one: the record that tells of it, the day, the table's digest.
    dedupe_key: Mapped[str] = mapped_column(Text)
    # Versions and names, as far as there are any: {"version": 3}, {"milestone": "order_dispatched", "version": 2} …
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("storefront_id", "dedupe_key"),
        ForeignKeyConstraint(["storefront_id", "review_id"], ["reviews.storefront_id", "reviews.id"]),
        one_of("kind", CAUSE_KINDS),
        Index(None, "storefront_id", "review_id", "id"),
    )


class ReviewWatchRow(Base):
    """How far a storefront's facts have been looked through; whoever opens a review holds this row."""

    __tablename__ = "review_watches"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("storefronts.id"), primary_key=True)
    # The last record that was looked at, in the order of records/read.py.
    xid: Mapped[int] = mapped_column(Xid8)
    record_id: Mapped[UUID] = mapped_column(Uuid)
    # When the next yearly review is to be opened.
    yearly_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # Digests of the tables of milestones that have been reviewed, or that the shop began with.
    known_tables: Mapped[list[str]] = mapped_column(JSONB)
