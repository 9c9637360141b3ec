"""For machines that watch machines: alive, ready, and figures."""

from collections.abc import Sequence
from typing import Literal, Protocol, cast

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from tidings.kit.metrics import MEDIA_TYPE, Metrics
from tidings.kit.ready import Check, Verdict, examine

router = APIRouter(tags=["health"])


class Watched(Protocol):
    """What of the running application is watched."""

    @property
    def metrics(self) -> Metrics:
        """Its figures."""
        ...

    @property
    def ready_checks(self) -> Sequence[Check]:
        """What it stands on."""
        ...


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether the process may be given work."""

    status: Verdict = Field(description="`degraded`: works, but slower or with less comfort, as without Redis")
    checks: dict[str, bool] = Field(description="What it stands on, and whether it holds")


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> Alive:
    """Answers as long as the process does; asks nothing else. For liveness probes."""
    return Alive()


@router.get(
    "/readyz",
    summary="May it be given work?",
    responses={503: {"model": Readiness, "description": "Not ready: send no requests here"}},
)
async def ready(request: Request, response: Response) -> Readiness:
    """The database answers and is migrated; without Redis it is ready but `degraded`. For readiness probes."""
    verdict, answers = await examine(_watched(request).ready_checks)
    response.status_code = 503 if verdict == "not_ready" else 200
    return Readiness(status=verdict, checks=answers)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "The figures"}},
)
async def figures(request: Request) -> Response:
    """Requests, deliveries, the outbox and the process itself, in Prometheus's text format."""
    return Response(await _watched(request).metrics.page(), headers={"Content-Type": MEDIA_TYPE})


def _watched(request: Request) -> Watched:
    return cast("Watched", request.app.state.runtime)
