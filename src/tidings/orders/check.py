"""The check at receipt (SOP 4.1): is the order complete, and is it right? Every fault at once, each with its pointer.

Pure: bytes in, values out.
"""

from datetime import datetime

from tidings.kit.db import Mode
from tidings.kit.problem import Fault
from tidings.orders.checked import CheckedOrder, ShopRules


def check(raw: bytes, shop: ShopRules, mode: Mode, now: datetime, *, lenient: bool) -> CheckedOrder | list[Fault]:
    """Check an order as it was posted.

    Args:
        raw: the request's body.
        shop: what the storefront allows and falls back to.
        mode: `.test` addresses are good in test mode only.
        now: the time of receipt.
        lenient: an order that only lacks things becomes a CheckedOrder with `missing`; what is there must still be
            right.

    Returns:
        The order, ready to be stored, or everything that is wrong with it.
    """
    raise NotImplementedError
