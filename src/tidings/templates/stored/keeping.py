"""A shop's own wording says nothing of its customers: names in braces stand where they are told of."""

from typing import Final

from tidings.kit.keeping import Keeping
from tidings.templates.stored.tables import TemplateVersionRow

KEEPING: Final = (
    Keeping(
        table=TemplateVersionRow.__table__,
        kind="own",
        order="",
        plain=(
            "mode", "milestone", "status", "based_on", "wording", "layout", "compiled", "warnings", "sha256", "note",
            "authors", "submitted_by", "approved_by", "review_reason", "published_by", "retired_by",
        ),
        is_exported=False,
    ),
)  # fmt: skip
