"""Documents as issued, what was made of them, and how far each series of numbers is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tidings.documents.kinds import DOCUMENT_KINDS
from tidings.kit.db import Base, one_of
from tidings.storefronts.kinds import MODES


class DocumentRow(Base):
    """One document: its number, and all that it is made from. Never changed: corrected by others."""

    __tablename__ = "documents"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    # `INV-`: numbers are counted for each series by itself, without gaps.
    series: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger)
    # Both, as printed: `INV-000017`.
    name: Mapped[str] = mapped_column(Text)
    # `completion`, a refund's wire id …: of one kind there is one document for each cause.
    cause: Mapped[str] = mapped_column(Text)
    # The invoice that a credit note takes back.
    credits: Mapped[UUID | None] = mapped_column(Uuid)
    # The document in whose place it is.
    replaces: Mapped[UUID | None] = mapped_column(Uuid)
    locale: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    # Minor units; null where it tells no sums.
    net: Mapped[int | None] = mapped_column(BigInteger)
    tax: Mapped[int | None] = mapped_column(BigInteger)
    gross: Mapped[int | None] = mapped_column(BigInteger)
    # Whether it carries its data for machines.
    is_electronic: Mapped[bool] = mapped_column(Boolean)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    issued_by: Mapped[str] = mapped_column(Text)
    # The shop, the order and the sums as they were (snapshot.py).
    input: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("storefront_id", "mode", "series", "number"),
        UniqueConstraint("storefront_id", "order_id", "kind", "cause"),
        ForeignKeyConstraint(["storefront_id", "order_id"], ["orders.storefront_id", "orders.id"]),
        one_of("mode", MODES),
        one_of("kind", DOCUMENT_KINDS),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("net + tax = gross", name="sums"),
        Index(None, "storefront_id", "mode", "id"),
        Index(None, "storefront_id", "mode", "kind", "id"),
        Index(None, "storefront_id", "mode", "name"),
    )


class DocumentFileRow(Base):
    """What was made of a document, once; its bytes are here, or in the bucket that `store` names."""

    __tablename__ = "document_files"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    # `database`, or the bucket's name.
    store: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ForeignKeyConstraint(
            ["storefront_id", "order_id", "document_id"],
            ["documents.storefront_id", "documents.order_id", "documents.id"],
        ),
        CheckConstraint("length(sha256) = 32", name="sha256"),
        CheckConstraint("(content IS NOT NULL) = (store = 'database')", name="content"),
    )


class BlobToDeleteRow(Base):
    """Something that may be in a bucket and has no row (note_blob.py): it is deleted, and then this is."""

    __tablename__ = "blobs_to_delete"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The bucket's name.
    store: Mapped[str] = mapped_column(Text, primary_key=True)
    # What its name in the bucket is made of.
    order_id: Mapped[UUID] = mapped_column(Uuid)
    mode: Mapped[str] = mapped_column(Text)
    # By the database's clock.
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))

    __table_args__ = (one_of("mode", MODES), Index(None, "store", "due_at"))


class DocumentSeriesRow(Base):
    """How far a series of numbers is. Its lock is held until the transaction that took a number has ended."""

    __tablename__ = "document_series"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str] = mapped_column(Text, primary_key=True)
    series: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (one_of("mode", MODES),)
