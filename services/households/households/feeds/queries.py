"""Every SELECT about editions that the API shows."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from households.feeds.models import FeedEdition, FeedFile, FeedPull
from households.feeds.rules import FileKind
from households.feeds.schemas import EditionFilters, ErrorFilters
from households.poverty.rules import DIMENSIONS
from shared.areas import widest
from shared.db import driver, fetch

_E: Any = FeedEdition.__table__.c  # type: ignore[attr-defined]
_F: Any = FeedFile.__table__.c  # type: ignore[attr-defined]
_P: Any = FeedPull.__table__.c  # type: ignore[attr-defined]
_EDITION_FIELDS = (
    "id", "source", "edition_year", "instrument", "state", "uploaded_by", "approved_by", "imported_at",
    "closed_at", "version", "created_at", "updated_at",
)  # fmt: skip
_FILE_FIELDS = (
    "id", "kind", "name", "size", "sha256", "rows", "state", "refusal", "uploaded_by", "uploaded_at",
    "imported_at",
)  # fmt: skip
_PULL_FIELDS = (
    "id", "edition_id", "url", "state", "problem", "etag", "last_modified", "size", "sha256", "job_id",
    "created_at", "finished_at",
)  # fmt: skip
LEVEL_DIGITS = {"province": 2, "district": 4, "tambon": 6, "village": 8}

# Rows of persons whose household is outside the caller's areas are not hers to see; a rejected row has no
# area that could be trusted, so it belongs to whoever may see what the file's sender may.
_ERRORS = """
SELECT r.file, r.line, r.column_name AS "column", r.code, r.value, r.id
FROM feed_rejections r JOIN feed_files f ON f.id = r.file_id
WHERE r.edition_id = $1 AND ($2::text IS NULL OR r.file = $2) AND ($3::text IS NULL OR r.code = $3)
AND EXISTS (SELECT FROM unnest($4::text[]) AS mine WHERE
    (SELECT bool_and(starts_with(theirs, mine)) FROM unnest(f.areas) AS theirs))
"""
_ERROR_ORDER = "ORDER BY r.file, r.line, r.ordinal, r.id"
_CHANGES = """
WITH before AS (
    SELECT e.* FROM edition_households e WHERE e.edition_id = $2
), present AS (
    SELECT e.* FROM edition_households e WHERE e.edition_id = $1
), paired AS (
    SELECT b.village_code AS village_before, p.village_code AS village_now,
           coalesce(b.dimensions, 0) AS dimensions_before, coalesce(p.dimensions, 0) AS dimensions_now
    FROM before b FULL JOIN present p ON p.household_id = b.household_id
), placed AS (
    SELECT left(coalesce(village_now, village_before), $3) AS area_code, * FROM paired
)
SELECT area_code,
       count(village_now) AS now,
       count(*) FILTER (WHERE village_before IS NULL) AS entered,
       count(*) FILTER (WHERE village_now IS NULL) AS "left",
       count(*) FILTER (WHERE village_now <> village_before) AS moved_in,
       {gained}, {lost}
FROM placed
WHERE EXISTS (SELECT FROM unnest($4::text[]) AS mine WHERE starts_with(coalesce(village_now,
    village_before), mine))
GROUP BY area_code ORDER BY area_code
"""
_BEFORE = """
SELECT left(b.village_code, $3) AS area_code, count(*) AS before,
       count(*) FILTER (WHERE p.village_code <> b.village_code) AS moved_out
FROM edition_households b
LEFT JOIN edition_households p ON p.edition_id = $1 AND p.household_id = b.household_id
WHERE b.edition_id = $2
AND EXISTS (SELECT FROM unnest($4::text[]) AS mine WHERE starts_with(b.village_code, mine))
GROUP BY 1
"""
_NOBODY = {"before": 0, "moved_out": 0}


def _fields(columns: Any, names: Sequence[str]) -> list[Any]:
    return [columns[name] for name in names]


def _editions(filters: EditionFilters) -> Select[Any]:
    statement = select(*_fields(_E, _EDITION_FIELDS))
    for name in ("source", "edition_year", "state"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_E[name] == wanted)
    return statement


async def page(
    session: AsyncSession, *, filters: EditionFilters, after: tuple[int, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return editions, the newest year first."""
    statement = _editions(filters).order_by(_E.edition_year.desc(), _E.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(_E.edition_year, _E.id) < after)
    return await fetch(session, statement)


async def count(session: AsyncSession, *, filters: EditionFilters) -> int:
    """Return how many editions there are."""
    rows = await fetch(session, select(func.count()).select_from(_editions(filters).subquery()))
    return int(rows[0][0])


async def one(session: AsyncSession, edition: UUID) -> asyncpg.Record | None:
    """Return an edition."""
    rows = await fetch(session, select(*_fields(_E, _EDITION_FIELDS), _E.manifest).where(_E.id == edition))
    return rows[0] if rows else None


async def by_year(session: AsyncSession, source: str, edition_year: int) -> asyncpg.Record | None:
    """Return a source's edition of a year."""
    where = (_E.source == source, _E.edition_year == edition_year)
    rows = await fetch(session, select(_E.id, _E.instrument).where(*where))
    return rows[0] if rows else None


async def newest_open(session: AsyncSession, source: str) -> UUID | None:
    """Return a source's newest edition that is not closed."""
    where = (_E.source == source, _E.state != "closed")
    rows = await fetch(session, select(_E.id).where(*where).order_by(_E.edition_year.desc()).limit(1))
    return rows[0]["id"] if rows else None


async def files(session: AsyncSession, edition: UUID) -> list[asyncpg.Record]:
    """Return the files of an edition, the newest first."""
    fields = _fields(_F, _FILE_FIELDS)
    return await fetch(
        session, select(*fields).where(_F.edition_id == edition).order_by(_F.id.desc()).limit(200)
    )


async def file_like(
    session: AsyncSession, edition: UUID, kind: FileKind, sha256: str
) -> asyncpg.Record | None:
    """Return the file of this kind that waits or was read last, if it is the very same."""
    statement = (
        select(*_fields(_F, _FILE_FIELDS))
        .where(_F.edition_id == edition, _F.kind == kind, or_(_F.state == "uploaded", _F.state == "imported"))
        .order_by(_F.state.desc(), _F.imported_at.desc())
        .limit(1)
    )
    rows = await fetch(session, statement)
    return rows[0] if rows and rows[0]["sha256"] == sha256 else None


async def pull(session: AsyncSession, pull_id: UUID) -> asyncpg.Record | None:
    """Return a pull."""
    rows = await fetch(session, select(*_fields(_P, _PULL_FIELDS)).where(_P.id == pull_id))
    return rows[0] if rows else None


async def errors(
    session: AsyncSession,
    *,
    edition: UUID,
    filters: ErrorFilters,
    areas: Sequence[str],
    after: tuple[str, int, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return what is wrong with the rows that were not taken, by file and line."""
    connection = await driver(session)
    values: list[Any] = [edition, filters.file, filters.code, list(widest(areas))]
    where = ""
    if after is not None:
        where = (
            "AND (r.file, r.line, r.ordinal, r.id) > "
            "($5, $6, (SELECT ordinal FROM feed_rejections WHERE id = $7), $7)"
        )
        values += after
    statement = f"{_ERRORS} {where} {_ERROR_ORDER} LIMIT {int(limit)}"
    return list(await connection.fetch(statement, *values))


async def count_errors(
    session: AsyncSession, *, edition: UUID, filters: ErrorFilters, areas: Sequence[str]
) -> int:
    """Return how many there are."""
    connection = await driver(session)
    values = (edition, filters.file, filters.code, list(widest(areas)))
    return int(await connection.fetchval(f"SELECT count(*) FROM ({_ERRORS}) q", *values))  # noqa: S608


async def rejected_rows(
    session: AsyncSession, *, edition: UUID, kind: FileKind, areas: Sequence[str]
) -> list[asyncpg.Record]:
    """Return the rows of a file that were not taken, as they came, encrypted."""
    connection = await driver(session)
    statement = f"""
        SELECT r.id, r.raw FROM feed_rejections r JOIN ({_ERRORS}) mine ON mine.id = r.id
        WHERE r.ordinal = 0 ORDER BY r.line, r.id
    """  # noqa: S608  # our own constant texts
    return list(await connection.fetch(statement, edition, kind, None, list(widest(areas))))


async def previous(session: AsyncSession, edition: UUID) -> UUID | None:
    """Return the newest older edition of the same source that was imported."""
    this = select(_E.source, _E.edition_year).where(_E.id == edition).subquery()
    statement = (
        select(_E.id)
        .join(this, (_E.source == this.c.source) & (_E.edition_year < this.c.edition_year))
        .where(_E.imported_at.is_not(None))
        .order_by(_E.edition_year.desc())
        .limit(1)
    )
    rows = await fetch(session, statement)
    return rows[0]["id"] if rows else None


async def changes(
    session: AsyncSession, *, edition: UUID, before: UUID | None, digits: int, areas: Sequence[str]
) -> list[dict[str, Any]]:
    """Compare two editions household by household, by area of that many digits."""
    connection = await driver(session)
    gained = ", ".join(_differing("dimensions_now", "dimensions_before", "gained"))
    lost = ", ".join(_differing("dimensions_before", "dimensions_now", "lost"))
    values = (edition, before, digits, list(areas))
    rows = await connection.fetch(_CHANGES.format(gained=gained, lost=lost), *values)
    before_rows = {row["area_code"]: row for row in await connection.fetch(_BEFORE, *values)}
    return [
        {
            **{name: row[name] for name in ("area_code", "now", "entered", "left", "moved_in")},
            **{name: before_rows.get(row["area_code"], _NOBODY)[name] for name in _NOBODY},
            "dimensions_gained": {name: row[f"gained_{name}"] for name in DIMENSIONS},
            "dimensions_lost": {name: row[f"lost_{name}"] for name in DIMENSIONS},
        }
        for row in rows
    ]


def _differing(set_in: str, not_in: str, label: str) -> list[str]:
    return [
        f"count(*) FILTER (WHERE {set_in} & ~{not_in} & {1 << place} <> 0) AS {label}_{name}"
        for place, name in enumerate(DIMENSIONS)
    ]
