"""The words of this slice."""

from typing import Literal, get_args

CheckName = Literal["payment", "stock"]
Outcome = Literal["passed", "failed"]

CHECKS: tuple[CheckName, ...] = get_args(CheckName)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
