"""Wire models of this slice."""

from pydantic import ConfigDict, Field

from tidings.kit.fields import Asked, Label
from tidings.verification.kinds import Outcome


class CheckOutcome(Asked):
    """What a check came to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"outcome": "passed", "reason": None},
                {"outcome": "failed", "reason": "authorisation expired"},
            ]
        }
    )

    outcome: Outcome = Field(description="`passed`: this side of the order is in order", examples=["passed"])
    reason: Label | None = Field(
        None,
        description="Why; kept beside the record",
        examples=["authorisation expired"],
    )
