"""Liveness, readiness and metrics of a process: addresses that need no token and show no data."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from shared.db import Database

Check = Callable[[], Awaitable[bool]]
_PATIENCE = 2.0


def routes() -> APIRouter:
    """Return `/health/live`, `/health/ready` and `/metrics`, outside the OpenAPI document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> Response:
        return JSONResponse({"status": "live"})

    @router.get("/health/ready")
    async def ready(request: Request) -> Response:
        return await readiness(request.app)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def readiness(app: FastAPI) -> Response:
    """Answer 200 while requests are welcome: not stopping, and the database answers within two seconds."""
    if getattr(app.state, "stopping", False):
        return JSONResponse({"status": "stopping"}, status_code=503)
    if not await _answers(app.state.database):
        return JSONResponse({"status": "database"}, status_code=503)
    return JSONResponse({"status": "ready"})


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE), database.read() as session:
            await session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 - whatever it is, the database did not answer
        return False
    return True
