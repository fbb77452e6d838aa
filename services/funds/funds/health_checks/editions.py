"""Editions of the forms: the shipped ones and those that the department has loaded."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from funds.health_checks import queries
from funds.health_checks.errors import NoHealthInstrument, NotAHealthInstrument
from funds.health_checks.models import HealthInstrument
from funds.health_checks.rules import INSTRUMENTS, ITEMS, Unfit, unfit
from funds.health_checks.schemas import HealthInstrumentOut
from funds.registry.rules import Kind
from shared import audit, instruments
from shared.errors import FieldError
from shared.ids import uuid7
from shared.instruments import BadInstrument, Instrument
from shared.rows import insert_row
from shared.security import Principal

_TABLE = HealthInstrument.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_TEXTS: Final[Mapping[Unfit, tuple[str, str, str]]] = {
    Unfit.METHOD: ("/content/scoring", "ต้องนับจำนวนตัวชี้วัดที่ผ่าน", "counts the items that passed, on a scale"),
    Unfit.ITEMS: ("/content/groups", "จำนวนตัวชี้วัดไม่ตรงกับแบบ", "has not the form's number of items"),
    Unfit.LEVELS: (
        "/content/levels",
        "ต้องมีระดับ 1 ถึง 3 เกณฑ์เพิ่มขึ้นจาก 0",
        "has the levels 1 to 3 with cut-offs that rise from 0",
    ),
}


@cache
def _shipped() -> Mapping[str, Instrument]:
    return {code: one for code, one in instruments.load("funds").items() if code in ITEMS}


async def all_of(session: AsyncSession, *, code: str | None = None) -> list[Instrument]:
    """Return all editions of one form or of all, by code and number."""
    shipped = [one for one in _shipped().values() if code in (None, one.code)]
    loaded = [instruments.parse(row["content"]) for row in await queries.editions(session, code=code)]
    return sorted([*shipped, *loaded], key=lambda one: (one.code, one.version))


async def in_force(session: AsyncSession, kind: Kind, *, year: int) -> Instrument:
    """Return the newest edition for a kind of fund that is valid in a fiscal year.

    Raises NoHealthInstrument. An edition that names no years is valid in all.
    """
    code = INSTRUMENTS.get(kind)
    if code is None:
        raise NoHealthInstrument
    valid = [
        one
        for one in await all_of(session, code=code)
        if one.valid_years is None or one.valid_years[0] <= year <= one.valid_years[1]
    ]
    if not valid:
        raise NoHealthInstrument
    return valid[-1]


async def numbered(session: AsyncSession, code: str, edition: int) -> Instrument:
    """Return an edition that a check was made by."""
    return next(one for one in await all_of(session, code=code) if one.version == edition)


async def load(session: AsyncSession, *, content: dict[str, Any], actor: Principal, now: datetime) -> None:
    """Load an edition, which is never changed again; raises NotAHealthInstrument, EditionTaken."""
    read = check(content)
    edition_id = uuid7()
    await insert_row(
        session,
        _TABLE,
        id=edition_id,
        code=read.code,
        edition=read.version,
        content=orjson.dumps(content).decode(),
        loaded_by=actor.subject,
        created_at=now,
    )
    await audit.record(
        session,
        principal=actor,
        action="health_instrument.load",
        subjects=[edition_id],
        now=now,
        detail={"code": read.code, "edition": read.version},
    )


def shown(one: Instrument) -> HealthInstrumentOut:
    """Return an edition as the API shows it; a ValidationError where a text is missing."""
    return HealthInstrumentOut.model_validate(
        {
            "code": one.code,
            "edition": one.version,
            "official_items": ITEMS.get(one.code, 0),
            **{
                name: getattr(one, name)
                for name in ("title", "method", "valid_years", "incomplete", "source", "confidence")
            },
            "groups": [
                {
                    "code": group.code,
                    "title": group.title,
                    "items": [
                        {"code": item.code, "title": item.title, "mandatory": item.mandatory}
                        for item in group.items
                    ],
                }
                for group in one.groups
            ],
            "levels": [
                {"code": level.code, "title": level.title, "least": level.least} for level in one.levels
            ],
        }
    )


def check(content: Mapping[str, Any]) -> Instrument:
    """Return the edition that a JSON form holds; raises NotAHealthInstrument with what is wrong."""
    try:
        read = instruments.parse(content)
        shown(read)
    except (BadInstrument, AttributeError, ValidationError) as error:
        raise _wrong("/content", "อ่านแบบประเมินไม่ได้", "cannot be read as an instrument") from error
    least = [level.least for level in read.levels if level.least is not None]
    numbers = (read.version, *read.scale, *(read.valid_years or ()), *least)
    if any(type(number) is not int for number in numbers):
        raise _wrong("/content", "เลขฉบับ คะแนน ปี และเกณฑ์ต้องเป็นจำนวนเต็ม", "has a number that is not whole")
    if read.code not in ITEMS:
        raise _wrong("/content/code", "ไม่ใช่แบบตรวจสุขภาพกองทุน", "is not a form of health checks")
    if read.version <= _shipped()[read.code].version:
        raise _wrong(
            "/content/version", "เลขฉบับต้องมากกว่าฉบับที่ติดมากับระบบ", "must be above the shipped edition's"
        )
    fault = unfit(read)
    if fault is not None:
        raise _wrong(*_TEXTS[fault])
    return read


def _wrong(pointer: str, th: str, en: str) -> NotAHealthInstrument:
    return NotAHealthInstrument(th, en, errors=[FieldError(pointer, NotAHealthInstrument.code, th, en)])
