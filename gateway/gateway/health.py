"""Is the gateway well, and are the services: addresses that need no token and show no data."""

import asyncio

import aiohttp
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from gateway.catalogue.fetch import Catalogue
from gateway.proxy.table import Upstream
from shared.db import Database

router = APIRouter(include_in_schema=False)
_PATIENCE = 2.0


@router.get("/health/live")
async def live() -> Response:
    """Say that the process answers."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """Answer 200 while requests are welcome: not stopping, own database there, every service known.

    A service that is down later takes only its own addresses with it, so it does not make the gateway
    unready: that would take the other services away as well.
    """
    catalogue: Catalogue = request.app.state.catalogue
    if getattr(request.app.state, "stopping", False):
        return JSONResponse({"status": "stopping"}, status_code=503)
    if not await _database_answers(request.app.state.database):
        return JSONResponse({"status": "database"}, status_code=503)
    if not catalogue.complete:
        missing = [one.name for one in catalogue.upstreams if one.name not in catalogue.documents]
        return JSONResponse({"status": "starting", "missing": missing}, status_code=503)
    return JSONResponse({"status": "ready"})


@router.get("/health")
async def health(request: Request) -> Response:
    """Report the gateway's database and each service; 200 when all is well, else 503."""
    catalogue: Catalogue = request.app.state.catalogue
    session: aiohttp.ClientSession = request.app.state.http
    database, *states = await asyncio.gather(
        _database_answers(request.app.state.database),
        *(_service(session, one) for one in catalogue.upstreams),
    )
    services = {one.name: state for one, state in zip(catalogue.upstreams, states, strict=True)}
    services |= {one.name: "starting" for one in catalogue.upstreams if one.name not in catalogue.documents}
    services |= dict.fromkeys(catalogue.refused, "address clash")
    well = database and all(state == "ready" for state in services.values())
    content = {
        "status": "ready" if well else "degraded",
        "database": "ready" if database else "down",
        "services": services,
    }
    return JSONResponse(content, status_code=200 if well else 503)


@router.get("/metrics")
async def metrics() -> Response:
    """Show the process's metrics."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _service(session: aiohttp.ClientSession, upstream: Upstream) -> str:
    try:
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        async with session.get(f"{upstream.address}/health/ready", timeout=timeout) as answer:
            return "ready" if answer.ok else "not ready"
    except (aiohttp.ClientError, TimeoutError, OSError):
        return "down"


async def _database_answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE), database.read() as session:
            await session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001  # whatever it is, the database did not answer
        return False
    return True
