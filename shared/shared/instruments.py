"""Instruments (แบบประเมิน แบบฟอร์ม รายการรหัส): a service's versioned forms and code lists, shipped as data.

One JSON file per instrument in `<service>/data/instruments`; each service serves its own under
`/v1/instruments/<service>`. Shared knows the frame of such a file, not what any of them asks.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from pydantic import ConfigDict, Field

from shared import problems, web
from shared.errors import NotFound
from shared.schemas import Schema, Text
from shared.security import Principal, requires

Reader = Annotated[Principal, requires("areas:read")]  # reference data, like the areas


class InstrumentNotFound(NotFound):
    """This service has no instrument of that code."""

    code = "instrument_not_found"
    title_th, title_en = "ไม่พบแบบประเมินตามรหัสนี้", "No instrument has this code"


class InstrumentSummary(Schema):
    """An instrument in the list."""

    code: str = Field(examples=["OTOP_CATEGORY"])
    version: int = 1
    title: Text
    kind: str | None = Field(default=None, examples=["classification"])
    """How it is answered or scored; null where the source does not say."""
    source: list[str] = Field(default_factory=list)
    """Where the instrument is published."""


class Instrument(InstrumentSummary):
    """An instrument whole: scale, groups, items and level bands as its source has them."""

    document: dict[str, Any]


class InstrumentList(Schema):
    """All instruments of a service, by code."""

    model_config = ConfigDict(extra="forbid")

    items: list[InstrumentSummary]


@cache
def shipped(package: str) -> dict[str, Instrument]:
    """Return the instruments in `package`'s data by code; read once a process."""
    folder = files(package) / "data" / "instruments"
    if not folder.is_dir():
        return {}
    documents = [orjson.loads(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".json")]
    found = [_read(document) for document in documents]
    return {instrument.code: instrument for instrument in sorted(found, key=lambda one: one.code)}


def _read(document: dict[str, Any]) -> Instrument:
    scale = document.get("scale")
    source = document.get("source") or []
    return Instrument(
        code=document["code"],
        version=document.get("version", 1),
        title=Text(th=document["title_th"], en=document["title_en"]),
        kind=scale.get("type") if isinstance(scale, dict) else None,
        source=source if isinstance(source, list) else [source],
        document=document,
    )


def router(service: str) -> APIRouter:
    """Return the routes that serve `service`'s instruments under `/v1/instruments/<service>`."""
    routes = web.router(tags=["instruments"])

    @routes.get(
        f"/instruments/{service}",
        name=f"list_{service}_instruments",
        summary="Instruments (แบบประเมินและรายการรหัส)",
        responses=problems.responses(),
    )
    async def list_instruments(_principal: Reader) -> InstrumentList:
        """List this service's forms, scoring instruments and code lists."""
        items = [InstrumentSummary.model_validate(one) for one in shipped(service).values()]
        return InstrumentList(items=items)

    @routes.get(
        f"/instruments/{service}/{{code}}",
        name=f"get_{service}_instrument",
        summary="One instrument (แบบประเมิน) whole",
        responses=problems.responses(InstrumentNotFound),
    )
    async def get_instrument(
        _principal: Reader, code: Annotated[str, Path(pattern="^[A-Z0-9_]{2,60}$")]
    ) -> Instrument:
        """Return an instrument with its scale, groups, items and level bands."""
        found = shipped(service).get(code)
        if found is None:
            raise InstrumentNotFound
        return found

    return routes
