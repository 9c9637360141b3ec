from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tidings.templates.brevity import PLENTY, ROOMS, Room, fitting, phrases, wordings
from tidings.templates.catalogue import read
from tidings.templates.formats import nearest_formats
from tidings.templates.language import Language
from tidings.templates.sections.material import Material

ENGLISH = Language("en", read().labels["en"], nearest_formats("en-GB"))
NARROW = Room(items=2, letters=8, address=12, link=20, text=16)
BARE = Room(items=0, letters=8, address=12, link=5, text=10)


def material(**lists) -> Material:
    return Material({}, {}, ENGLISH, ZoneInfo("UTC"), None, {"kept": "kept"}, lists)


def goods(count: int) -> list[tuple[int, str]]:
    return [(number, f"Tea {number}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "room", "expected"),
    [
        (0, PLENTY, ""),
        (1, PLENTY, "1x Tea 1"),
        (2, NARROW, "1x Tea 1 and 2x Tea 2"),
        (3, NARROW, "1x Tea 1, 2x Tea 2 and 3x Tea 3"),
        (4, NARROW, "1x Tea 1, 2x Tea 2 and 2 more"),
        (1, BARE, "1x Tea 1"),
        (2, BARE, "2 items"),
        (500, BARE, "500 items"),
    ],
)
def test_goods_are_named_as_far_as_there_is_room_and_then_counted(count, room, expected):
    assert phrases(material(items=goods(count)), room, "x ")["items"] == expected


def test_long_names_are_shortened():
    assert phrases(material(contents=[(1, "Single-estate tea")]), NARROW, "x ")["contents"] == "1x Single…"


def test_missing_details_are_never_only_counted():
    assert phrases(material(missing=["a", "b", "c"]), BARE, "x ")["missing"] == "a and 2 more details"
    assert phrases(material(missing=["a", "b"]), BARE, "x ")["missing"] == "a and b"


def test_an_address_is_one_line():
    assert phrases(material(address=["Ada", "Street 1"]), PLENTY, "x ")["address"] == "Ada, Street 1"
    assert phrases(material(address=["Ada", "Street 1"]), NARROW, "x ")["address"] == "Ada, Street…"


def test_a_link_is_never_cut_but_another_way_taken():
    ways = ["https://track.example/a-long-link", "https://x.example/1", "DHL 1"]
    assert phrases(material(track=ways), PLENTY, "x ")["track"] == ways[0]
    assert phrases(material(track=ways), NARROW, "x ")["track"] == ways[1]
    assert phrases(material(track=ways), BARE, "x ")["track"] == ways[2]
    assert phrases(material(track=[]), BARE, "x ")["track"] == ""


def test_what_somebody_typed_is_shortened_like_all_else():
    made = material()
    made.texts["note"] = "The lid of the tin is dented."
    assert phrases(made, PLENTY, "x ")["note"] == "The lid of the tin is dented."
    assert phrases(made, NARROW, "x ")["note"] == "The lid of the…"
    assert phrases(made, BARE, "x ")["note"] == "The lid…"


def test_only_what_was_read_is_said():
    assert phrases(material(), PLENTY, "x ") == {}


def test_the_first_room_that_fits_is_taken():
    made = material(items=goods(40))
    said = fitting(wordings(made, "x ", lambda names: f"{names['kept']}: {names['items']}"), 40)
    assert said == "kept: 1x Tea 1, 2x Tea 2 and 38 more"


def test_if_nothing_fits_the_barest_is_said():
    assert fitting(wordings(material(items=goods(40)), "x ", lambda names: names["items"]), 0) == "40 items"


def test_rooms_only_get_narrower():
    sizes = [(room.items, room.letters, room.address, room.link, room.text) for room in ROOMS]
    assert all(a > b for wide, narrow in pairwise(sizes) for a, b in zip(wide, narrow, strict=True))
