"""Judges an endpoint that somebody wants, before anything of it is stored."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tidings.kit.db import Tx
from tidings.kit.problem import Fault, InvalidInput, NotFound
from tidings.webhooks.ports import Courier
from tidings.webhooks.queries import Position, position_of
from tidings.webhooks.rules import MOST_TYPES
from tidings.webhooks.secret import fault_of


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows where events may be posted to, and which there are."""

    courier: Courier
    known_types: Collection[str]

    def check(self, *, url: str | None = None, types: Sequence[str] | None = None, secret: str | None = None) -> None:
        """See what is given.

        Raises:
            InvalidInput: with everything that is wrong.
        """
        faults = list(self._faults(url, types or (), secret))
        if faults:
            raise InvalidInput(faults=faults)

    def faults_in(self, body: object) -> list[Fault]:
        """What is wrong with the parts of a body that can be judged, whatever is wrong with the rest of it."""
        if not isinstance(body, Mapping):
            return []
        url, types, secret = (body.get(name) for name in ("url", "types", "secret"))
        named = types[:MOST_TYPES] if isinstance(types, list) else ()
        return list(self._faults(_text(url), [_text(each) or "" for each in named], _text(secret)))

    def _faults(self, url: str | None, types: Sequence[str], secret: str | None) -> Iterator[Fault]:
        objection = None if url is None else self.courier.objection(url)
        if objection is not None:
            yield Fault("/url", objection)
        for place, each in enumerate(types):
            if each not in self.known_types:
                yield Fault(f"/types/{place}", f"is none of the events: {', '.join(sorted(self.known_types))}")
            elif each in types[:place]:
                yield Fault(f"/types/{place}", "is named twice")
        wrong = None if secret is None else fault_of(secret)
        if wrong is not None:
            yield Fault("/secret", wrong)


def _text(value: object) -> str | None:
    """As the schema takes it."""
    return value.strip() if isinstance(value, str) else None


async def place_behind(tx: Tx, after: str) -> Position:
    """The place in the log that somebody names.

    Raises:
        InvalidInput: there is no such place.
    """
    try:
        return await position_of(tx, after)
    except (InvalidInput, NotFound):
        detail = "is neither the id nor the sequence of an event of this storefront and mode, nor a cursor"
        raise InvalidInput(faults=[Fault("/after", detail)]) from None
