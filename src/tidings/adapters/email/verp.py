"""Sealed attempt ids: whoever brings one back has seen a mail of ours, so a stranger cannot forge a bounce."""

import re
from collections.abc import Sequence
from itertools import islice

from tidings.adapters.signatures import short_seal, short_seal_fits

# `<attempt id>.<eight hex digits>`, wherever it stands: in an envelope's sender, in a header of the returned mail.
_SEALED = re.compile(r"([A-Za-z]{2,5}_[0-9A-Za-z]{1,40})\.([0-9a-f]{8})(?![0-9a-z])")
# A mail holds a handful; whoever sends thousands is guessing.
_MOST = 50


def sealed(attempt_id: str, key: str) -> str:
    """An attempt id that only the holder of the key can have written."""
    return f"{attempt_id}.{short_seal(key, attempt_id)}"


def bounce_address(mailbox: str, seal: str) -> str:
    """The envelope's sender of one attempt: `bounce@shop.example` becomes `bounce+att_….3b513de5@shop.example`."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{seal}@{domain}"


def opened(text: str, keys: Sequence[str]) -> str | None:
    """The first attempt id in this text whose seal one of the keys fits, or None."""
    for found in islice(_SEALED.finditer(text), _MOST):
        if any(short_seal_fits(key, found[1], found[2]) for key in keys):
            return found[1]
    return None
