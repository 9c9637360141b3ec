"""The words of this slice."""

from typing import Final, Literal, get_args

DocumentKind = Literal[
    "invoice",  # what the order costs, with the tax by rate
    "receipt",  # that it was paid
    "warranty",  # what is warranted for how long
    "credit_note",  # takes an invoice back, wholly or in part
]

DOCUMENT_KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)

# Which of them tell amounts of money.
WITH_SUMS: Final[frozenset[DocumentKind]] = frozenset({"invoice", "receipt", "credit_note"})
# Which carry the order's data for machines, too, where the shop asks for it.
ELECTRONIC: Final[frozenset[DocumentKind]] = frozenset({"invoice", "credit_note"})

MEDIA_TYPE: Final = "application/pdf"
