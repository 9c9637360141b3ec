"""Every slice's routes, the busiest first: they are tried in this order."""

from typing import Final

from fastapi import APIRouter

from tidings.api import explorer, health
from tidings.tasks.routes import router as tasks

ROUTERS: Final[tuple[APIRouter, ...]] = (
    tasks,
    health.router,
    explorer.router,
)
