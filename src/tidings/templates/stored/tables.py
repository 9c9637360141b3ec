"""The versions of a shop's own wording."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES
from tidings.templates.stored.states import TEMPLATE_STATUSES


class TemplateVersionRow(Base):
    """One version of a milestone's wording. Its words change only while it is a draft; a trigger sees to it."""

    __tablename__ = "template_versions"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    milestone: Mapped[str] = mapped_column(Text)
    # From kinds.FIRST_OWN, for each milestone.
    version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    # The version whose words it began with, as a wire id; also of a built-in one.
    based_on: Mapped[str | None] = mapped_column(Text)
    # By language, by channel.
    wording: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # `mjml` and `text` of the e-mail's own layout.
    layout: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    # The layout made ready when it was published: `ltr`, `rtl`, `text`.
    compiled: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    # What was worth a thought when it was submitted: pairs of pointer and detail.
    warnings: Mapped[list[list[str]]] = mapped_column(JSONB)
    # Of the words; the trail has it in their place.
    sha256: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    # Counts its changes, for If-Match.
    revision: Mapped[int] = mapped_column(Integer)
    # Everybody who wrote a part of it, as pairs of actor and principal: none of them approves or publishes it.
    authors: Mapped[list[list[str]]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    submitted_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    approved_by: Mapped[str | None] = mapped_column(Text)
    # The reviewer's, for approval or rejection.
    review_reason: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str | None] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    retired_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["storefront_id"], ["storefronts.id"]),
        UniqueConstraint("storefront_id", "mode", "milestone", "version"),
        Index(
            "uq_template_versions_published",
            "storefront_id",
            "mode",
            "milestone",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
        Index(None, "storefront_id", "mode", "id"),
        CheckConstraint("version > 100", name="version"),
        one_of("mode", MODES),
        one_of("status", TEMPLATE_STATUSES),
    )
