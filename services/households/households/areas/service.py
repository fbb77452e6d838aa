"""What changes areas: the shipped catalogue and the villages that feeds and officers bring."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from households.areas import queries
from households.areas.errors import UnknownArea
from households.areas.rules import parts, search_key, village_name
from shared.areas import catalogue
from shared.db import driver
from shared.errors import FieldError
from shared.thai import clean_text, sort_key

_FACTS = ("name_th", "name_en", "lat", "lon", "valid_from", "valid_to", "successors")
_COLUMNS = ("code", "level", "parent_code", *_FACTS, "name_key", "name_parts", "sort_key", "updated_at")
_UPSERT = (
    f"INSERT INTO areas ({', '.join(_COLUMNS)}) "  # noqa: S608  # our own column names
    f"VALUES ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 1))}) ON CONFLICT (code) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[3:])
)


class Facts(TypedDict, total=False):
    """What is known of an area; what is not named stays unknown."""

    name_th: str
    name_en: str | None
    lat: float | None
    lon: float | None
    valid_from: Any
    valid_to: Any
    successors: Sequence[str]


async def load_catalogue(session: AsyncSession, *, now: datetime) -> int:
    """Bring the table to the shipped catalogue of provinces, districts and tambons; return rows written.

    Safe to repeat, and quick when nothing differs: it is run after every migration.
    """
    wanted: dict[str, Facts] = {
        area.code: {
            "name_th": area.name_th,
            "name_en": area.name_en or None,
            "lat": area.lat,
            "lon": area.lon,
            "valid_from": area.valid_from,
            "valid_to": area.valid_to,
            "successors": list(area.successors),
        }
        for area in catalogue()
    }
    written, _ = await _write(session, wanted, now=now)
    return written


async def name_villages(
    session: AsyncSession, *, villages: Mapping[str, Facts], now: datetime
) -> tuple[int, int]:
    """Add villages or correct what is known of them; return (added, changed).

    Raises UnknownArea when the tambon of a village is not known.
    """
    unknown = await without_tambon(session, codes=villages)
    if unknown:
        places = [at for at, code in enumerate(villages) if code in unknown]
        raise UnknownArea(errors=[FieldError(f"/villages/{at}/code", UnknownArea.code) for at in places])
    return await _write(session, villages, now=now)


async def register_villages(session: AsyncSession, *, codes: Collection[str], now: datetime) -> int:
    """Add the villages that are not there yet, under their number (หมู่ที่ 9) until their name is known.

    The tambons must be known (see `without_tambon`). Returns how many were added.
    """
    missing = sorted(set(codes) - await queries.known(session, list(codes)))
    added, _ = await _write(session, {code: {"name_th": village_name(code)} for code in missing}, now=now)
    return added


async def without_tambon(session: AsyncSession, *, codes: Iterable[str]) -> set[str]:
    """Return those of the village codes whose tambon is not known: they cannot be real."""
    wanted = set(codes)
    tambons = await queries.known(session, [code[:6] for code in wanted])
    return {code for code in wanted if code[:6] not in tambons}


async def require_village(session: AsyncSession, *, code: str, pointer: str, now: datetime) -> None:
    """Make sure that the village is among the areas; raises UnknownArea at `pointer`."""
    if await queries.one(session, code) is not None:
        return
    if await queries.one(session, code[:6]) is None:
        raise UnknownArea("ไม่มีตำบลนี้ในทะเบียน", "No tambon has this code", pointer=pointer)
    await register_villages(session, codes=[code], now=now)


async def _write(session: AsyncSession, wanted: Mapping[str, Facts], *, now: datetime) -> tuple[int, int]:
    """Write the areas whose facts differ from the table's; return how many were new and how many changed."""
    connection = await driver(session)
    known = {
        row["code"]: row
        for row in await connection.fetch(
            f"SELECT code, {', '.join(_FACTS)} FROM areas WHERE code = ANY($1)",  # noqa: S608  # our own names
            list(wanted),
        )
    }
    rows = [
        _row(code, facts, now=now)
        for code, facts in wanted.items()
        if code not in known or _differs(known[code], facts)
    ]
    await connection.executemany(_UPSERT, rows)
    added = sum(row[0] not in known for row in rows)
    return added, len(rows) - added


def _differs(known: asyncpg.Record, facts: Facts) -> bool:
    return any(known[name] != facts.get(name, [] if name == "successors" else None) for name in _FACTS)


def _row(code: str, facts: Facts, *, now: datetime) -> tuple[Any, ...]:
    name, english = clean_text(facts["name_th"]), facts.get("name_en")
    key = search_key(name)
    return (
        code,
        len(code),
        code[:-2] or None,
        name,
        english,
        facts.get("lat"),
        facts.get("lon"),
        facts.get("valid_from"),
        facts.get("valid_to"),
        list(facts.get("successors", [])),
        key,
        parts(key, search_key(english or "")),
        sort_key(name),
        now,
    )
