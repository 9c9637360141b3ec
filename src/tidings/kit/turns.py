"""Turns by key: of those who want to find out the same thing, one looks while the others wait for what it finds."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Turns:
    """Locks by key, each kept as long as somebody holds it or waits for it.

    When something that is remembered for some seconds has aged, everybody asks for it in the same moment; without
    turns, each of them would go to the database.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: Hashable) -> asyncio.Lock:
        """The lock of one key: take it, look again whether the answer is there by now, and only then go and ask."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
