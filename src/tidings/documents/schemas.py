"""Documents as callers see them."""

from datetime import datetime
from typing import Annotated, cast

from pydantic import BaseModel, ConfigDict, Field

from tidings.documents.kinds import DocumentKind
from tidings.documents.queries import Held
from tidings.kit.db import Mode
from tidings.kit.fields import ONE_LINE, Asked, Country
from tidings.kit.ids import wire
from tidings.kit.money import Money
from tidings.storefronts.paperwork import IssuedKind


class DocumentFile(BaseModel):
    """What was made of a document."""

    name: str = Field(description="A name for the file", examples=["INV-000017.pdf"])
    media_type: str = Field(examples=["application/pdf"])
    size: int = Field(description="Bytes")
    sha256: str = Field(description="Of its bytes, in hex")
    made_at: datetime


class Document(BaseModel):
    """An invoice, receipt, warranty or credit note."""

    id: str = Field(examples=["doc_0198a5b2c3d44e5f8a6b7c8d9e0f1a2b"])
    order_id: str
    mode: Mode
    kind: DocumentKind
    number: str = Field(description="As printed; numbers of a series have no gaps", examples=["INV-000017"])
    series: str = Field(examples=["INV-"])
    locale: str
    net: Money | None = Field(description="Without tax; null where it tells no sums")
    tax: Money | None
    gross: Money | None
    is_electronic: bool = Field(description="Whether its data for machines (Factur-X, EN 16931) are in the file")
    cause: str = Field(description="Why it was issued: `completion`, `by_hand`, a refund's id …")
    credits: str | None = Field(description="The invoice that a credit note takes back")
    replaces: str | None = Field(description="The document in whose place it is")
    issued_at: datetime
    issued_by: str
    file: DocumentFile | None = Field(description="Null until it is made, some moments after it was issued")


class DocumentToIssue(Asked):
    """A document that is to be issued by hand."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "invoice"}]})

    kind: IssuedKind


Part = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]


class RightAddress(Asked):
    """Where the document should have gone."""

    name: Part
    line1: Part
    line2: Part | None = None
    city: Part
    region: Part | None = None
    postal_code: Part | None = None
    country: Annotated[Country, Field(description="ISO 3166-1 alpha-2")]


class DocumentCorrection(Asked):
    """What was wrong with a document, and what is right, where it is not the order that says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The VAT ID was missing", "vat_id": "DE12"}]})

    reason: Annotated[str, Field(min_length=1, max_length=300, pattern=ONE_LINE)] = Field(
        description="Stands on the credit note"
    )
    billing_address: RightAddress | None = Field(None, description="In place of the order's own")
    vat_id: Annotated[str, Field(min_length=1, max_length=60, pattern=ONE_LINE)] | None = Field(
        None, description="The customer's, in place of the order's own"
    )


def document_told(held: Held) -> Document:
    """A document's rows as callers see them."""
    row = held.row
    return Document(
        id=wire("doc", row.id),
        order_id=wire("ord", row.order_id),
        mode=cast("Mode", row.mode),
        kind=held.kind,
        number=row.name,
        series=row.series,
        locale=row.locale,
        net=_money(row.net, row.currency),
        tax=_money(row.tax, row.currency),
        gross=_money(row.gross, row.currency),
        is_electronic=row.is_electronic,
        cause=row.cause,
        credits=None if row.credits is None else wire("doc", row.credits),
        replaces=None if row.replaces is None else wire("doc", row.replaces),
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        file=_file(held),
    )


def file_name(held: Held) -> str:
    """A name that any file system takes."""
    return f"{held.row.name.replace('/', '-')}.pdf"


def _file(held: Held) -> DocumentFile | None:
    file = held.file
    if file is None:
        return None
    return DocumentFile(
        name=file_name(held),
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256.hex(),
        made_at=file.made_at,
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)
