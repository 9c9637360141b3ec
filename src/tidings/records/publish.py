"""Hands signed heads out, so that somebody holds them whom nobody who can change the database can reach."""

from pathlib import Path

import structlog

from tidings.kit.ids import wire
from tidings.records.heads import SignedHead

log = structlog.get_logger(__name__)


class HeadsFile:
    """Appends each head as one line. One that a crash keeps out of it is covered by the next, as all before are."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, signed: SignedHead) -> None:
        """Append one; a file that cannot be written keeps nobody from sealing."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(signed.line() + "\n")
        except OSError as error:
            head = signed.head
            log.exception(
                "head.not_published",
                storefront=wire("stf", head.storefront_id),
                number=head.sequence,
                error=type(error).__name__,
            )
