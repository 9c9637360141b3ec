"""What documents know of people: whom they were made out to. All but warranties are kept as the law has it."""

from typing import Final

from tidings.documents.tables import BlobToDeleteRow, DocumentFileRow, DocumentRow, DocumentSeriesRow
from tidings.kit.keeping import Keeping

_BY_LAW: Final = "kind <> 'warranty'"
_OF_THOSE: Final = f"""
    EXISTS (SELECT FROM documents d WHERE d.storefront_id = document_files.storefront_id
            AND d.order_id = document_files.order_id AND d.id = document_files.document_id AND d.{_BY_LAW})
"""

KEEPING: Final = (
    # Before the documents, by which its rows are judged.
    Keeping(
        table=DocumentFileRow.__table__,
        kind="documents",
        plain=("media_type", "sha256", "store"),
        personal={"content": "NULL"},
        is_removed=True,
        by_law=_OF_THOSE,
    ),
    Keeping(
        table=DocumentRow.__table__,
        kind="documents",
        age="issued_at",
        plain=("mode", "kind", "series", "name", "cause", "locale", "currency", "issued_by"),
        personal={"input": "'{}'"},
        is_removed=True,
        by_law=_BY_LAW,
    ),
    # Outlives what it is about, and empties itself.
    Keeping(
        table=BlobToDeleteRow.__table__, kind="own", order="", plain=("mode", "store"), is_exported=False,
    ),
    # Numbers have no gaps, whatever has had its time.
    Keeping(table=DocumentSeriesRow.__table__, kind="own", order="", plain=("mode", "series"), is_exported=False),
)  # fmt: skip
