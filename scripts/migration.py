"""A new, empty migration with a name that says which of two versions of the code it must suit.

During a deployment the database goes first, and the old code runs on for a while. An `expand_` migration adds what the
new code needs and leaves the old one working; a `contract_` migration takes away what no running code needs any more.
"""

import re
import sys
from datetime import datetime

from alembic import command

from tidings.kit.clock import SystemClock
from tidings.kit.migrations import config

NAME = re.compile(r"(expand|contract)_[a-z][a-z0-9_]{3,60}")


def file_name(name: str, now: datetime) -> str:
    """`2026_11_23_1330_expand_add_orders_channel`."""
    return f"{now:%Y_%m_%d_%H%M}_{name}"


def main(name: str) -> None:
    """Write it.

    Raises:
        SystemExit: the name does not say what it must.
    """
    if not NAME.fullmatch(name):
        message = "make migration NAME=expand_add_orders_channel (or contract_…, in small letters)"
        raise SystemExit(message)
    now = SystemClock().now()
    made = config()
    made.set_main_option("file_template", file_name(name, now).replace("%", "%%"))
    command.revision(made, message=name, rev_id=f"{now:%Y%m%d%H%M}")


if __name__ == "__main__":
    main(*sys.argv[1:2] or [""])
