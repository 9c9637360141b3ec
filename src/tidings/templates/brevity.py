"""Long lists and addresses, said as briefly as a channel needs: `2x Green tea, 1x Kettle and 3 more`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tidings.templates.cleaning import shortened
from tidings.templates.language import Language
from tidings.templates.sections.material import Material


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be said."""

    # Items of a list, before the rest is only counted.
    items: int
    # Letters of each item, of an address, of a link.
    letters: int
    address: int
    link: int
    # Letters of what somebody typed.
    text: int


# From plenty to the barest; the first that fits is taken.
ROOMS: Final = (
    Room(items=8, letters=80, address=200, link=2000, text=4000),
    Room(items=5, letters=40, address=120, link=400, text=400),
    Room(items=3, letters=30, address=100, link=250, text=250),
    Room(items=2, letters=24, address=80, link=200, text=160),
    Room(items=1, letters=20, address=60, link=160, text=100),
    Room(items=0, letters=16, address=40, link=120, text=60),
)
PLENTY: Final = ROOMS[0]

_GOODS: Final[tuple[str, ...]] = ("items", "contents", "remaining")


def phrases(material: Material, room: Room, times: str) -> dict[str, str]:
    """The long things of a message as phrases for this much room.

    Args:
        material: with its sections read.
        room: how much may be said.
        times: what stands between a quantity and a name: `x `.
    """
    lists, language = material.lists, material.language
    found = {name: language.isolated(shortened(text, room.text)) for name, text in material.texts.items()}
    found |= {name: _goods(lists[name], room, times, language) for name in _GOODS if name in lists}
    if "missing" in lists:
        found["missing"] = _some(lists["missing"], max(room.items, 1), "details", language)
    if "address" in lists:
        found["address"] = language.isolated(shortened(", ".join(lists["address"]), room.address))
    if "billing" in lists:
        found["billing"] = language.isolated(shortened(", ".join(lists["billing"]), room.address))
    if "track" in lists:
        found["track"] = next((way for way in lists["track"] if len(way) <= room.link), "")
    return found


def wordings(
    material: Material, times: str, say: Callable[[dict[str, Any]], str], rooms: Sequence[Room] = ROOMS
) -> Iterator[str]:
    """What `say` makes of the material, ever shorter.

    Args:
        material: with its sections read.
        times: what stands between a quantity and a name.
        say: words the message with these names.
        rooms: from the largest.
    """
    for room in rooms:
        yield say(material.names | phrases(material, room, times))


def fitting(said: Iterable[str], longest: int) -> str:
    """The first that is short enough, or else the last."""
    text = ""
    for text in said:
        if len(text) <= longest:
            break
    return text


def _goods(goods: Sequence[tuple[int, str]], room: Room, times: str, language: Language) -> str:
    if not room.items and len(goods) > 1:
        return language.counted("items", len(goods))
    # One more than there is room for: if it is the only one, it is said.
    first = goods[: room.items + 1]
    said = [f"{quantity}{times}{language.isolated(shortened(name, room.letters))}" for quantity, name in first]
    return _some(said + [""] * (len(goods) - len(said)), max(room.items, 1), "more", language)


def _some(words: Sequence[str], most: int, more: str, language: Language) -> str:
    """All of the words, or the first of them and how many more; a single one left over is said, not counted."""
    if len(words) > most + 1:
        words = [*words[:most], language.counted(more, len(words) - most)]
    return language.formats.joined(words)
