"""What of an exception may be kept and shown: its class and its place. Its text may quote a customer."""

import traceback
from pathlib import Path
from typing import Final

_OURS: Final = Path(__file__).parents[1]


def whereabouts(error: BaseException) -> str:
    """`UnicodeEncodeError in render.py, line 148`: the innermost line of our own, or else of whoever raised it."""
    frames = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    if not frames:
        return type(error).__name__
    file, line = next((each for each in reversed(frames) if each[0].is_relative_to(_OURS)), frames[-1])
    return f"{type(error).__name__} in {file.name}, line {line}"
