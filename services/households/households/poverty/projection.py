"""The counts of an edition by area, made anew for the villages an import touched and summed up from there."""
# ruff: noqa: S608  # statements of our own names and numbers; values are parameters

from typing import Final
from uuid import UUID

import asyncpg

from households.poverty.instruments import Instrument
from households.poverty.rules import DIMENSIONS
from households.sql import run

LEVELS: Final = (8, 6, 4, 2, 0)
"""Digits of the area codes that are counted; 0 is the whole edition, with the empty code."""

COUNTS: Final = ("households", "poor_households", "persons", "survey_poor", "registered_poor", "target_poor")
ARRAYS: Final = ("survey_by_dimension", "target_by_dimension", "failed_households", "failed_persons")
_EDITION: Final = "CAST(:edition AS uuid)"
_COLUMNS: Final = ", ".join((*COUNTS, *ARRAYS))


def counting(instrument: Instrument, *, only: str = "") -> str:
    """Return the statement that counts villages from the edition's rows.

    `only` is a condition on `e.village_code`. A full recount for checks is the same statement without one.
    """
    poor, target = "p.dimensions <> 0", "p.dimensions <> 0 AND p.welfare = 3"
    persons = ", ".join(
        [
            "count(p.person_id) AS persons",
            f"count(*) FILTER (WHERE {poor}) AS survey_poor",
            f"count(*) FILTER (WHERE {poor} AND p.welfare & 1 = 1) AS registered_poor",
            f"count(*) FILTER (WHERE {target}) AS target_poor",
            f"{_counts('p.dimensions', len(DIMENSIONS))} AS survey_by_dimension",
            f"{_counts('p.dimensions', len(DIMENSIONS), 'p.welfare = 3')} AS target_by_dimension",
            f"{_counts('p.failed', len(instrument.person_codes))} AS failed_persons",
        ]
    )
    return f"""
        SELECT h.village_code AS area_code, {_COLUMNS} FROM (
            SELECT e.village_code, count(*) AS households,
                   count(*) FILTER (WHERE e.survey_poor > 0) AS poor_households,
                   {_counts("e.failed", len(instrument.household_codes))} AS failed_households
            FROM edition_households e WHERE e.edition_id = {_EDITION} {only} GROUP BY 1
        ) h JOIN (
            SELECT e.village_code, {persons}
            FROM edition_households e
            LEFT JOIN edition_persons p ON p.edition_id = {_EDITION} AND p.household_id = e.household_id
            WHERE e.edition_id = {_EDITION} {only} GROUP BY 1
        ) q USING (village_code)
    """


def summing(instrument: Instrument, level: int) -> str:
    """Return the statement that sums an edition's villages up to a level."""
    sizes = {
        "survey_by_dimension": len(DIMENSIONS),
        "target_by_dimension": len(DIMENSIONS),
        "failed_households": len(instrument.household_codes),
        "failed_persons": len(instrument.person_codes),
    }
    sums = [f"sum({name})" for name in COUNTS] + [
        "ARRAY[" + ", ".join(f"sum({name}[{place}])" for place in range(1, sizes[name] + 1)) + "]"
        for name in ARRAYS
    ]
    return f"""
        SELECT {_EDITION}, {level}, left(area_code, {level}), {", ".join(sums)}
        FROM poverty_counts WHERE edition_id = {_EDITION} AND level = 8 GROUP BY left(area_code, {level})
    """


async def project(
    connection: asyncpg.Connection, *, edition: UUID, instrument: Instrument, villages: str | None
) -> None:
    """Bring the counts up to date; `villages` selects the codes that were touched, None means all."""
    only = f"AND e.village_code IN ({villages})" if villages else ""
    gone = f"AND (level < 8 OR area_code IN ({villages}))" if villages else ""
    await run(connection, f"DELETE FROM poverty_counts WHERE edition_id = {_EDITION} {gone}", edition=edition)
    head = f"INSERT INTO poverty_counts (edition_id, level, area_code, {_COLUMNS})"
    fresh = f"{head} SELECT {_EDITION}, 8, c.area_code, {_COLUMNS} FROM ({counting(instrument, only=only)}) c"
    await run(connection, fresh, edition=edition)
    for level in LEVELS[1:]:
        await run(connection, f"{head} {summing(instrument, level)}", edition=edition)


def _counts(bits: str, size: int, condition: str = "true") -> str:
    """Return an array that counts how often each bit is set."""
    parts = (f"count(*) FILTER (WHERE {bits} & {1 << place} <> 0 AND {condition})" for place in range(size))
    return "ARRAY[" + ", ".join(parts) + "]"
