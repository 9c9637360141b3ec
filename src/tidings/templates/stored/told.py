"""Versions of wording as the API answers them."""

from collections.abc import Mapping
from typing import Any, cast

from tidings.kit.ids import wire
from tidings.storefronts.kinds import CHANNELS, Milestone
from tidings.templates.editions import digest_of
from tidings.templates.render import Templates
from tidings.templates.stored.built_in import built_in_body, built_in_wire_id
from tidings.templates.stored.load import authors_of, status_of
from tidings.templates.stored.schemas import Covered, Remark, TemplateVersion, TemplateWhole
from tidings.templates.stored.tables import TemplateVersionRow

# Of a row, told as they are.
_TOLD = (
    "version", "based_on", "sha256", "note", "created_at", "submitted_at", "submitted_by", "approved_at", "approved_by",
    "review_reason", "published_at", "published_by", "retired_at", "retired_by",
)  # fmt: skip


def version_told(row: TemplateVersionRow) -> TemplateVersion:
    """A version without its words."""
    return TemplateVersion(**_facts(row))


def whole_told(row: TemplateVersionRow) -> TemplateWhole:
    """A version with its words."""
    warnings = [Remark(pointer=pointer, detail=detail) for pointer, detail in row.warnings]
    return TemplateWhole(**_facts(row), wording=row.wording, layout=cast("Any", row.layout), warnings=warnings)


def built_in_told(templates: Templates, milestone: str) -> TemplateVersion:
    """A built-in version without its words."""
    return TemplateVersion(**_built_in(templates, milestone))


def built_in_whole_told(templates: Templates, milestone: str) -> TemplateWhole:
    """A built-in version with its words."""
    return TemplateWhole(**_built_in(templates, milestone), **built_in_body(templates, milestone), warnings=[])


def _facts(row: TemplateVersionRow) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _TOLD},
        "id": wire("tpl", row.id),
        "milestone": cast("Milestone", row.milestone),
        "origin": "shop",
        "status": status_of(row),
        "covers": _covered(row.wording),
        "has_layout": row.layout is not None,
        "authors": sorted({author.actor for author in authors_of(row)}),
    }


def _built_in(templates: Templates, milestone: str) -> dict[str, Any]:
    body = built_in_body(templates, milestone)
    return {
        **dict.fromkeys(_TOLD),
        "id": built_in_wire_id(templates, milestone),
        "milestone": milestone,
        "version": templates.version(milestone),
        "origin": "built-in",
        "status": "published",
        "covers": _covered(body["wording"]),
        "has_layout": True,
        "sha256": digest_of(milestone, body["wording"], body["layout"]),
        "authors": [],
    }


def _covered(wording: Mapping[str, Mapping[str, Any]]) -> list[Covered]:
    return [
        Covered(locale=locale, channels=[channel for channel in CHANNELS if channel in wording[locale]])
        for locale in sorted(wording)
    ]
