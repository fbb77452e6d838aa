"""The result of an import, under the names that the feed format gives; always that of the whole edition."""

from typing import Any
from uuid import UUID

import asyncpg

from households.poverty.rules import DIMENSIONS

_ROWS = """
SELECT (SELECT count(*) FROM edition_households WHERE edition_id = $1) AS households_accepted,
       (SELECT count(DISTINCT (file_id, line)) FROM feed_rejections WHERE edition_id = $1
           AND file = 'households')
           AS households_rejected,
       (SELECT count(*) FROM edition_persons WHERE edition_id = $1) AS persons_accepted,
       (SELECT count(DISTINCT (file_id, line)) FROM feed_rejections WHERE edition_id = $1
           AND file = 'persons')
           AS persons_rejected,
       (SELECT count(*) FROM held_persons WHERE edition_id = $1) AS persons_orphaned_by_rejected_household,
       (SELECT count(DISTINCT (file_id, line)) FROM feed_rejections WHERE edition_id = $1
           AND file = 'welfare')
           AS welfare_rejected
"""
_COUNTS = """
SELECT level, area_code, households, poor_households, persons, survey_poor, registered_poor, target_poor,
       survey_by_dimension, target_by_dimension
FROM poverty_counts WHERE edition_id = $1 AND level IN (0, 4, 6) ORDER BY level, area_code
"""


async def of_edition(connection: asyncpg.Connection, edition: UUID) -> dict[str, Any]:
    """Return what the edition holds now, what of it was rejected, and who in it is poor."""
    found: dict[str, Any] = dict((await connection.fetch(_ROWS, edition))[0])
    counts = await connection.fetch(_COUNTS, edition)
    whole = next((row for row in counts if row["level"] == 0), None)
    none = [0] * len(DIMENSIONS)
    return {
        **found,
        "survey_poor": whole["survey_poor"] if whole else 0,
        "welfare_registered_poor": whole["registered_poor"] if whole else 0,
        "target_poor": whole["target_poor"] if whole else 0,
        "by_dimension_target_poor": _named(whole["target_by_dimension"] if whole else none),
        "by_dimension_survey_poor": _named(whole["survey_by_dimension"] if whole else none),
        "by_district": _areas(counts, 4),
        "by_tambon": _areas(counts, 6),
        "poor_households": whole["poor_households"] if whole else 0,
    }


def _named(counts: list[int]) -> dict[str, int]:
    return dict(zip(DIMENSIONS, counts, strict=True))


def _areas(counts: list[asyncpg.Record], level: int) -> dict[str, int]:
    """Return target poor persons by area, areas without any left out."""
    return {
        row["area_code"]: row["target_poor"] for row in counts if row["level"] == level and row["target_poor"]
    }
