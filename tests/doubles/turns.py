"""What a double does with the next request, instead of what the provider would."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

End = Literal["answer", "hang", "close", "reset", "break_off", "garble", "flood"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One forced reaction."""

    # The answer to give; None: whatever the provider itself would answer.
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    # How the exchange ends: `hang`, `close` and `reset` before an answer, `break_off` in the middle of it.
    end: End = "answer"
    # Whether the message is taken all the same: what makes a lost answer dangerous.
    takes: bool = False
    delay: float = 0.0
    until: asyncio.Event | None = None

    def after(self, seconds: float) -> "Turn":
        """The same, later."""
        return replace(self, delay=seconds)

    def once(self, event: asyncio.Event) -> "Turn":
        """The same, when that has happened."""
        return replace(self, until=event)


def answers(status: int, content: Any = b"", headers: Mapping[str, str] | None = None) -> Turn:
    """Give this answer; what is not bytes is JSON."""
    if isinstance(content, bytes):
        return Turn(status, headers or {}, content)
    return Turn(status, {"content-type": "application/json", **(headers or {})}, json.dumps(content).encode())


def hangs(*, takes: bool = False) -> Turn:
    """Say nothing until the client gives up."""
    return Turn(end="hang", takes=takes)


def hangs_up(*, takes: bool = False) -> Turn:
    """Close the connection without an answer."""
    return Turn(end="close", takes=takes)


def resets(*, takes: bool = False) -> Turn:
    """Tear the connection down without an answer."""
    return Turn(end="reset", takes=takes)


def breaks_off(*, takes: bool = True) -> Turn:
    """Close the connection in the middle of the answer."""
    return Turn(end="break_off", takes=takes)


def garbles(*, takes: bool = False) -> Turn:
    """Answer with something that is not the protocol."""
    return Turn(end="garble", takes=takes)


def floods(*, takes: bool = False) -> Turn:
    """Answer with a body without end."""
    return Turn(end="flood", takes=takes)


def delays(seconds: float) -> Turn:
    """Do what the provider would, later."""
    return Turn(takes=True, delay=seconds)


class Script:
    """The turns to come; when they are used up, `always` or the provider's own behaviour."""

    def __init__(self) -> None:
        self._turns: deque[Turn] = deque()
        self.always: Turn | None = None

    def add(self, *turns: Turn, times: int = 1) -> None:
        """Queue turns, one per request."""
        self._turns.extend(turns * times)

    def next(self) -> Turn | None:
        """What to do now; None: behave."""
        return self._turns.popleft() if self._turns else self.always
