"""What a shop decides about improving the procedure (SOP 7): how it asks for feedback, and how it reviews."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

_MOST_DAYS = 365


class _Part(BaseModel):
    # As every part of the policy.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FeedbackRules(_Part):
    """How customers are asked how it was, and what follows from what they say."""

    in_completion: bool = Field(default=True, description="Whether the completion message links to the feedback page")
    ask_after_days: Annotated[int, Field(ge=0, le=_MOST_DAYS)] | None = Field(
        None, description="So long after completion customers are asked once more; None: not at all"
    )
    link_days: Annotated[int, Field(ge=1, le=_MOST_DAYS)] = Field(60, description="How long a link works")
    task_up_to: Annotated[int, Field(ge=0, le=5)] = Field(
        2, description="A rating of so much or less gives staff a task; 0: none does"
    )


class ReviewRules(_Part):
    """By when a review of the procedure must have its outcome, and who hears when it is late."""

    due_within_days: Annotated[int, Field(ge=1, le=_MOST_DAYS)] = Field(30, description="After it was opened")
    remind_before_days: Annotated[int, Field(ge=0, le=_MOST_DAYS)] = Field(
        7, description="Staff is reminded so long before it is due"
    )
    escalate_after_days: Annotated[int, Field(ge=0, le=_MOST_DAYS)] = Field(
        7, description="One that is late by so much goes on to the delegate"
    )

    @field_validator("remind_before_days")
    @classmethod
    def _after_it_is_opened(cls, value: int, info: ValidationInfo) -> int:
        if value >= info.data.get("due_within_days", value + 1):
            message = "is as long as `due_within_days`, or longer: nobody would be reminded"
            raise ValueError(message)
        return value

    @property
    def due_within(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.due_within_days)

    @property
    def remind_before(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.remind_before_days)

    @property
    def escalate_after(self) -> timedelta:
        """As a duration."""
        return timedelta(days=self.escalate_after_days)
