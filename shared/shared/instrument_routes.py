"""Instruments over HTTP: each service serves the ones it ships under `/v1/instruments/<service>`."""

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from shared import instruments, problems, web
from shared.errors import NotFound
from shared.instruments import Method
from shared.schemas import Schema, Text
from shared.security import Principal, requires

Reader = Annotated[Principal, requires("areas:read")]
"""Instruments are reference data, like the areas: who reads those reads these."""


class InstrumentNotFound(NotFound):
    """This service has no instrument of that code."""

    code = "instrument_not_found"
    title_th, title_en = "ไม่พบแบบประเมินตามรหัสนี้", "No instrument has this code"


class ItemOut(Schema):
    """One indicator (ตัวชี้วัด) or code."""

    code: str
    title: Text
    mandatory: bool
    points: int | None
    options: list[str]


class GroupOut(Schema):
    """A part (ด้าน) of an instrument."""

    code: str
    title: Text
    items: list[ItemOut]
    weight: int | None


class LevelOut(Schema):
    """A result's name and from where it is reached."""

    code: str
    title: Text
    least: int | None
    least_percent: int | None
    conditions: list[list[str]]


class InstrumentSummary(Schema):
    """An instrument (แบบประเมิน) in the list."""

    code: str = Field(examples=["OTOP_CATEGORY"])
    version: int
    title: Text
    method: Method
    """How answers become a result; `list` is a code list, form or checklist that is not scored."""
    valid_years: tuple[int, int] | None
    """Buddhist years, both included."""
    incomplete: bool
    """Parts of the official wording were not found."""
    source: list[str]
    confidence: str


class InstrumentOut(InstrumentSummary):
    """An instrument whole."""

    scale: list[int]
    """Allowed answers; empty where there are none."""
    groups: list[GroupOut]
    levels: list[LevelOut]
    least_per_group: int | None
    least_count: int | None


class InstrumentList(Schema):
    """All instruments of a service, by code."""

    items: list[InstrumentSummary]


@cache
def _shipped(service: str) -> dict[str, InstrumentOut]:
    """Return what a service ships, read once a process."""
    loaded = instruments.load(service)
    return {code: InstrumentOut.model_validate(one, extra="ignore") for code, one in loaded.items()}


@cache
def _list(service: str) -> InstrumentList:
    shipped = _shipped(service).values()
    return InstrumentList(items=[InstrumentSummary.model_validate(one, extra="ignore") for one in shipped])


def router(service: str) -> APIRouter:
    """Return the routes that serve `service`'s instruments."""
    routes = web.router(tags=["instruments"])

    @routes.get(
        f"/instruments/{service}",
        name=f"list_{service}_instruments",
        summary="Instruments and code lists (แบบประเมินและรายการรหัส)",
    )
    async def list_instruments(_principal: Reader) -> InstrumentList:
        """List this service's scored instruments, forms and code lists."""
        return _list(service)

    @routes.get(
        f"/instruments/{service}/{{code}}",
        name=f"get_{service}_instrument",
        responses=problems.responses(InstrumentNotFound),
        summary="One instrument whole (แบบประเมิน)",
    )
    async def get_instrument(
        _principal: Reader, code: Annotated[str, Path(pattern="^[A-Z0-9_]{2,60}$", examples=["SIX_BY_TWO"])]
    ) -> InstrumentOut:
        """Return an instrument with its scale, groups, items and levels."""
        found = _shipped(service).get(code)
        if found is None:
            raise InstrumentNotFound
        return found

    return routes
