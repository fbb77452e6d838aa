"""The API of the otop service."""

from fastapi import FastAPI

from otop.settings import Settings
from shared import instrument_routes, web
from shared.db import Database

TITLE = "OTOP (ผู้ผลิตและผลิตภัณฑ์ชุมชน)"
DESCRIPTION = "Makers, their products, standards and markets."
ROUTERS = [instrument_routes.router("otop")]


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """Return the service's app; `database` is given where a worker in the same process shares it."""
    return web.create_app(
        name="otop",
        title=TITLE,
        description=DESCRIPTION,
        settings=settings,
        routers=ROUTERS,
        database=database,
    )
