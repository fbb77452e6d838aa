"""The API of the households service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from households.areas import routes as areas
from households.cases import routes as cases
from households.cases.errors import CONSTRAINTS as CASES
from households.committees import routes as committees
from households.committees.errors import CONSTRAINTS as COMMITTEES
from households.feeds import routes as feeds
from households.meetings import routes as meetings
from households.meetings.errors import CONSTRAINTS as MEETINGS
from households.merges import routes as merges
from households.merges.errors import CONSTRAINTS as MERGES
from households.persons import routes as persons
from households.persons.errors import CONSTRAINTS as PERSONS
from households.poverty import routes as poverty
from households.registry import routes as registry
from households.registry.errors import CONSTRAINTS as REGISTRY
from households.resolutions import routes as resolutions
from households.resolutions.errors import CONSTRAINTS as RESOLUTIONS
from households.settings import Settings
from shared import citizen, instrument_routes, web
from shared.db import Database
from shared.errors import Refusal

TITLE = "Households (ครัวเรือนเป้าหมาย)"
DESCRIPTION = (
    "Poor households found, certified and accompanied: areas, the registry of households and persons, survey "
    "feeds, poverty figures, target cases and the committees that certify them. "
    "ค้นหา รับรอง และดูแลครัวเรือนเป้าหมาย ตั้งแต่ข้อมูลสำรวจจนถึงมติคณะกรรมการ"
)
ROUTERS = [
    areas.router,
    registry.router,
    persons.router,
    merges.router,
    feeds.router,
    poverty.router,
    committees.router,
    meetings.router,
    cases.router,
    resolutions.router,
    instrument_routes.router("households"),
]
CONSTRAINTS: dict[str, type[Refusal]] = {
    **REGISTRY,
    **PERSONS,
    **MERGES,
    **COMMITTEES,
    **MEETINGS,
    **CASES,
    **RESOLUTIONS,
}
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
