"""The file that somebody gets."""

import io
import json
import zipfile
from datetime import UTC, datetime

from tidings.kit.ids import new_id, wire
from tidings.retention.archive import DIGESTS, Archive
from tidings.retention.ports import Paper


def test_an_archive_has_a_first_page_a_file_for_each_order_and_the_documents() -> None:
    order_id, at = new_id(), datetime(2026, 11, 29, 20, 15, tzinfo=UTC)
    archive = Archive(at)
    archive.add_order(order_id, {"orders": [{"number": "W-1", "customer_name": "Žofie"}]})
    archive.add_paper(Paper(order_id, "invoice-1.pdf", b"%PDF-1.7"))
    content = archive.finished({"email": "a@example.com"}, {"suppressions": [{"channel": "sms"}]})
    name = wire("ord", order_id)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert set(opened.namelist()) == {
            "export.json",
            f"orders/{name}.json",
            f"documents/{name}/invoice-1.pdf",
        }
        first = json.loads(opened.read("export.json"))
        assert (first["format"], first["orders"]) == ("tidings.export/1", [name])
        assert first["suppressions"] == [{"channel": "sms"}]
        assert first["digests"] == DIGESTS
        assert json.loads(opened.read(f"orders/{name}.json"))["orders"][0]["customer_name"] == "Žofie"
        assert opened.read(f"documents/{name}/invoice-1.pdf") == b"%PDF-1.7"
        assert opened.infolist()[0].date_time == (2026, 11, 29, 20, 15, 0)


def test_the_same_data_make_the_same_file() -> None:
    at = datetime(2026, 11, 29, tzinfo=UTC)
    assert Archive(at).finished({"email": None}, {}) == Archive(at).finished({"email": None}, {})
