import pytest
from pydantic import ValidationError

from tidings.shipments.schemas import EventToTell, ShipmentToDispatch


@pytest.mark.parametrize(
    "link", ["https://carrier.example/track?n=1&x=%20", "http://carrier.example", "HTTPS://Carrier.Example/ä#a"]
)
def test_a_link_leads_to_a_web_page_and_stays_as_it_was_written(link: str) -> None:
    assert ShipmentToDispatch(tracking_url=link).tracking_url == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://carrier.example", "//carrier.example", "carrier.example/1",
        "https://", "https:///path", "https://user:secret@carrier.example", "https://carrier.example/a b", "",
        'https://carrier.example/"onclick', "https://carrier.example/<script>", "https://carrier.example/\nx",
        "https://x.example/" + "x" * 2000, "https://[::1", "http://carrier.example:99999/",
    ],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_is_refused(link: str) -> None:
    with pytest.raises(ValidationError):
        ShipmentToDispatch(tracking_url=link)


@pytest.mark.parametrize("line", [{"line": 0, "quantity": 1}, {"line": 1, "quantity": 0}, {"line": 1}, {"line": "1"}])
def test_a_parcel_holds_whole_things_of_lines(line: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ShipmentToDispatch.model_validate({"lines": [line]})


def test_dispatched_is_not_told_as_an_event() -> None:
    with pytest.raises(ValidationError):
        EventToTell.model_validate({"status": "dispatched"})
