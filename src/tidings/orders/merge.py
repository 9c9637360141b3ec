"""What a JSON Merge Patch (kit/merge.py) has changed. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tidings.kit.faults import pointer
from tidings.kit.merge import merged

__all__ = ["differences", "merged"]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Pointers to what is not the same; what is null and what is absent are. Lists count as one thing."""
    return [pointer(path) for path in _differing(before, after, ())]


def _differing(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _differing(before.get(name), after.get(name), (*path, name))
    elif before != after:
        yield path
