"""Finds documents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased, defer

from tidings.documents.arithmetic import NOTHING, Sums, TaxKey
from tidings.documents.kinds import DocumentKind
from tidings.documents.snapshot import Groups, groups_of
from tidings.documents.tables import DocumentFileRow, DocumentRow
from tidings.kit.db import Tx
from tidings.kit.page import Page, Window, encode_cursor
from tidings.kit.problem import NotFound


class Held(NamedTuple):
    """A document, and its file (without the bytes) once that is made."""

    row: DocumentRow
    file: DocumentFileRow | None

    @property
    def kind(self) -> DocumentKind:
        """As a word of `kinds`."""
        return cast("DocumentKind", self.row.kind)


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents are asked for; None asks for any."""

    kind: DocumentKind | None = None
    number: str | None = None


async def documents_of(tx: Tx, order_id: UUID) -> list[Held]:
    """An order's documents, as they were issued."""
    return await _held(tx, DocumentRow.order_id == order_id)


async def document_by_id(tx: Tx, document_id: UUID | None) -> Held:
    """One document.

    Raises:
        NotFound: there is none in this storefront and mode.
    """
    found = await _held(tx, DocumentRow.id == document_id) if document_id is not None else []
    if not found:
        raise NotFound
    return found[0]


async def documents_page(tx: Tx, asked: DocumentFilter, window: Window) -> Page[Held]:
    """Documents of the transaction's storefront and mode, the newest first."""
    after = window.key(UUID)
    conditions = [DocumentRow.id < after[0]] if after is not None else []
    if asked.kind is not None:
        conditions.append(DocumentRow.kind == asked.kind)
    if asked.number is not None:
        conditions.append(DocumentRow.name == asked.number)
    found = await _held(tx, *conditions, newest_first=True, most=window.limit + 1)
    items = found[: window.limit]
    return Page(items, encode_cursor(items[-1].row.id) if len(found) > window.limit else None)


async def _held(
    tx: Tx, *conditions: ColumnElement[bool], newest_first: bool = False, most: int | None = None
) -> list[Held]:
    file = aliased(DocumentFileRow)
    same = and_(
        file.storefront_id == DocumentRow.storefront_id,
        file.order_id == DocumentRow.order_id,
        file.document_id == DocumentRow.id,
    )
    wanted = (
        select(DocumentRow, file)
        .outerjoin(file, same)
        .options(defer(file.content, raiseload=True))
        .where(DocumentRow.storefront_id == tx.scope.storefront_id, DocumentRow.mode == tx.scope.mode, *conditions)
        .order_by(DocumentRow.id.desc() if newest_first else DocumentRow.id)
    )
    return [Held(*row) for row in await tx.session.execute(wanted if most is None else wanted.limit(most))]


async def stored_content(tx: Tx, held: Held) -> bytes | None:
    """The file's bytes, if they are kept in the database."""
    wanted = select(DocumentFileRow.content).where(
        DocumentFileRow.storefront_id == held.row.storefront_id,
        DocumentFileRow.order_id == held.row.order_id,
        DocumentFileRow.document_id == held.row.id,
    )
    return (await tx.session.scalars(wanted)).one_or_none()


def credited_of(invoice: DocumentRow, documents: Iterable[Held]) -> Groups:
    """What credit notes took back of an invoice so far, by rate."""
    found: dict[TaxKey, Sums] = {}
    for each in documents:
        if each.row.credits == invoice.id:
            for key, sums in groups_of(each.row.input).items():
                found[key] = found.get(key, NOTHING) + sums
    return found


def standing(documents: Sequence[Held], kind: DocumentKind) -> Held | None:
    """The newest document of a kind that still says how things are: not replaced, and not wholly credited."""
    replaced = {each.row.replaces for each in documents}
    for each in reversed(documents):
        if each.row.kind == kind and each.row.id not in replaced and not is_credited(each.row, documents):
            return each
    return None


def is_credited(row: DocumentRow, documents: Iterable[Held]) -> bool:
    """Whether all of an invoice was taken back."""
    notes = [each.row.gross or 0 for each in documents if each.row.credits == row.id]
    return bool(notes) and sum(notes) >= (row.gross or 0)
