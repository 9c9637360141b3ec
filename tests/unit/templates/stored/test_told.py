from datetime import UTC, datetime

from tests.fixtures.templates import WORDING
from tidings.kit.ids import new_id, wire
from tidings.templates.stored.schemas import Remark
from tidings.templates.stored.tables import TemplateVersionRow
from tidings.templates.stored.told import built_in_told, built_in_whole_told, version_told, whole_told

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def row() -> TemplateVersionRow:
    return TemplateVersionRow(
        storefront_id=new_id(), id=new_id(), mode="test", milestone="order_confirmation", version=101, status="draft",
        wording=WORDING, warnings=[["/wording/de", "is loud"]], sha256="0" * 64, revision=1, created_at=NOW,
        authors=[["staff/ben", "shop"], ["staff/anna", "shop"], ["staff/anna", "agency"]],
    )  # fmt: skip


def test_a_version_is_told_with_what_it_covers_and_who_wrote_it():
    stored = row()
    told = version_told(stored)
    assert (told.id, told.origin, told.has_layout) == (wire("tpl", stored.id), "shop", False)
    assert told.authors == ["staff/anna", "staff/ben"]
    assert [(each.locale, each.channels) for each in told.covers] == [("de", ["email", "sms"])]
    whole = whole_told(stored)
    assert (whole.wording, whole.layout) == (WORDING, None)
    assert whole.warnings == [Remark(pointer="/wording/de", detail="is loud")]


def test_a_built_in_one_is_told_alike(templates):
    told, whole = built_in_told(templates, "order_completed"), built_in_whole_told(templates, "order_completed")
    assert (told.version, told.origin, told.status, told.created_at) == (
        templates.version("order_completed"),
        "built-in",
        "published",
        None,
    )
    assert whole.model_dump(exclude={"wording", "layout", "warnings"}) == told.model_dump()
    assert len(told.covers) == 11
