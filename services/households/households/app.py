"""The API of the households service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from households.areas import routes as areas
from households.settings import Settings
from shared import citizen, web
from shared.db import Database
from shared.errors import Refusal

TITLE = "Households (ครัวเรือนเป้าหมาย)"
DESCRIPTION = (
    "Poor households found, certified and accompanied: areas, the registry of households and persons, survey "
    "feeds, poverty figures, target cases and the committees that certify them. "
    "ค้นหา รับรอง และดูแลครัวเรือนเป้าหมาย ตั้งแต่ข้อมูลสำรวจจนถึงมติคณะกรรมการ"
)
ROUTERS = [areas.router]
CONSTRAINTS: dict[str, type[Refusal]] = {}
"""What a broken constraint of the database means to the caller."""


@asynccontextmanager
async def _keys(app: FastAPI) -> AsyncIterator[None]:
    """Load the citizen id keys; without them the service does not start."""
    settings: Settings = app.state.settings
    app.state.citizen_keys = citizen.load_keys(settings.secrets_folder)
    yield


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """Return the service's app; `database` is given where a worker in the same process shares it."""
    return web.create_app(
        name="households",
        title=TITLE,
        description=DESCRIPTION,
        settings=settings,
        routers=ROUTERS,
        constraints=CONSTRAINTS,
        hooks=[_keys],
        database=database,
    )
