"""The append-only audit trail, and its seals."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
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

from tidings.kit.db import Base
from tidings.kit.xid import Xid8


class RecordRow(Base):
    """One line of the trail: who did what, when and why. Holds no personal data. Never updated, never deleted."""

    __tablename__ = "records"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # The order it is about; for what concerns no order, the storefront's own id.
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # Null for what concerns both modes (the storefront's own data).
    mode: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    # What it is about, as a wire id: `msg_…`, `shp_…`, `con_…`.
    subject: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    xid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))

    __table_args__ = (
        Index(None, "storefront_id", "xid", "id"),
        # What calls for a review of the procedure: few among very many (reviews/changes.py).
        Index(
            "ix_records_changes",
            "storefront_id",
            "xid",
            "id",
            postgresql_where=text("kind IN ('storefront.changed', 'template.published', 'template.retired')"),
        ),
    )


class RecordWordsRow(Base):
    """What somebody wrote about what a record tells, beside it: a reason, an outcome. The record has the digest.

    Emptied by erasure, deleted with its time or with its record. Without a foreign key, as seals are: neither waits for
    the other.
    """

    __tablename__ = "record_words"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # As the record has it.
    order_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    mode: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    # By name; empty once it was erased.
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    # The record holds SHA-256 over it and each of the words; it goes with them.
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # Those about no order, which go by their age.
        Index(
            "ix_record_words_loose",
            "storefront_id",
            "mode",
            "written_at",
            postgresql_where=text("order_id = storefront_id"),
        ),
    )


class RecordLogRow(Base):
    """How far a storefront's records are sealed. Whoever holds its lock seals; the seals tell all of it again."""

    __tablename__ = "record_logs"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # So many records are sealed; the last of them, in the order of (xid, id).
    size: Mapped[int] = mapped_column(BigInteger)
    xid: Mapped[int] = mapped_column(Xid8)
    record_id: Mapped[UUID] = mapped_column(Uuid)
    # The roots of the tree's whole parts (records/merkle.py), one after the other.
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    # The last head: its sequence, its hash, the key that signed it.
    heads: Mapped[int] = mapped_column(Integer)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str | None] = mapped_column(Text)


class RecordSealRow(Base):
    """A record's place in the tree, and its number among the records of its order. Outlives the record."""

    __tablename__ = "record_seals"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # From 0.
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    order_id: Mapped[UUID] = mapped_column(Uuid)
    # From 1.
    number: Mapped[int] = mapped_column(Integer)
    record_id: Mapped[UUID] = mapped_column(Uuid)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("storefront_id", "record_id"),
        UniqueConstraint("storefront_id", "order_id", "number"),
    )


class RecordTileRow(Base):
    """The root of 256 nodes of the level that is eight below; so proofs read little, however large the tree."""

    __tablename__ = "record_tiles"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # 8, 16, 24 …
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    # Among the nodes of its level, from 0.
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    node: Mapped[bytes] = mapped_column(LargeBinary)


class RecordHeadRow(Base):
    """A signed head: the tree's root when it had this size, chained to the head before."""

    __tablename__ = "record_heads"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # From 1.
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    # Hash of the head before; zeros for the first.
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    # The first bytes of each leaf since the head before; the head signs their digest.
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    key_id: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("storefront_id", "size"),)


class RecordKeyRow(Base):
    """A public key that has signed heads of this storefront."""

    __tablename__ = "record_keys"

    storefront_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    # Of its digest, the first half in hexadecimal.
    key_id: Mapped[str] = mapped_column(Text, primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    # The key before it, and that key's signature under the change; null when it was lost.
    replaces: Mapped[str | None] = mapped_column(Text)
    endorsement: Mapped[bytes | None] = mapped_column(LargeBinary)
    introduced_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
