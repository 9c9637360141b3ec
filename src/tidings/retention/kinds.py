"""The words of this slice."""

from typing import Literal, get_args

# What a hold is on.
Reach = Literal[
    "order",  # one order
    "customer",  # all orders of somebody, those to come among them
    "storefront",  # everything of the storefront, in the mode of the key
]

# Why something is kept that was to be erased.
Reason = Literal["hold", "law"]

REACHES: tuple[Reach, ...] = get_args(Reach)
