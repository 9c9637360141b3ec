"""What documents refuse."""

from tidings.kit.problem import Problem


class DocumentNotMade(Problem):
    """The document has its number, and its file is being made: ask again in a moment (`Retry-After`)."""

    status = 409
    slug = "document-not-made"
    title = "Document not made yet"


class DocumentIssued(Problem):
    """The order has a document of this kind that stands: `document` names it. Correct it, if it is wrong."""

    status = 409
    slug = "document-issued"
    title = "Document already issued"


class NothingToIssue(Problem):
    """The order gives no cause for this document: it is incomplete or cancelled, unpaid, or nothing is warranted."""

    status = 409
    slug = "nothing-to-issue"
    title = "Nothing to issue"


class NotCorrectable(Problem):
    """The document cannot be corrected: it is a credit note, or was corrected already; `reason` says which."""

    status = 409
    slug = "not-correctable"
    title = "Document not correctable"
