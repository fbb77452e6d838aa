"""The API of the tourism service."""

from fastapi import FastAPI

from shared import instrument_routes, web
from shared.db import Database
from tourism.settings import Settings

TITLE = "Tourism (ชุมชนท่องเที่ยว)"
DESCRIPTION = "Villages that host: hands-on programmes, catalogues, bookings."
ROUTERS = [instrument_routes.router("tourism")]


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """Return the service's app; `database` is given where a worker in the same process shares it."""
    return web.create_app(
        name="tourism",
        title=TITLE,
        description=DESCRIPTION,
        settings=settings,
        routers=ROUTERS,
        database=database,
    )
