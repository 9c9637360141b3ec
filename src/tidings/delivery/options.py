"""How one drain goes about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrainOptions:
    """How much at once, and how patiently; see settings.WorkerSettings."""

    owner: str
    concurrency: int
    claim_batch: int
    lease_seconds: float
    sweep_seconds: float
    grace_seconds: float
