"""Which areas an edition would change so much that a second person must look at it first."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import asyncpg
import orjson

# Households of the edition before, in the districts that came now: gone, or in another village.
_DIFFERENCES = """
WITH before AS (
    SELECT id FROM feed_editions
    WHERE source = $2 AND edition_year < $3 AND imported_at IS NOT NULL AND id <> $1
    ORDER BY edition_year DESC LIMIT 1
), present AS (
    SELECT household_id, village_code FROM edition_households WHERE edition_id = $1
), districts AS (
    SELECT DISTINCT left(village_code, $4) AS area FROM present
)
SELECT d.area, count(*) AS households, count(*) FILTER (WHERE p.household_id IS NULL) AS dropped,
       count(*) FILTER (WHERE p.village_code <> e.village_code) AS moved
FROM edition_households e
JOIN before ON e.edition_id = before.id
JOIN districts d ON left(e.village_code, $4) = d.area
LEFT JOIN present p ON p.household_id = e.household_id
GROUP BY 1 HAVING count(*) >= $5
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """When an edition waits: per cent of an area's households, the area's digits, the smallest area."""

    share_percent: int
    area_digits: int
    smallest_area: int


@cache
def rule() -> Rule:
    """Return the rule of the data file."""
    data = orjson.loads(files("households.feeds").joinpath("data/approval.json").read_bytes())
    return Rule(data["share_percent"], data["area_digits"], data["smallest_area"])


async def large_differences(
    connection: asyncpg.Connection, *, edition: UUID, source: str, year: int
) -> list[dict[str, Any]]:
    """Return the areas that would lose or move more households than the rule lets pass."""
    limit = rule()
    rows = await connection.fetch(_DIFFERENCES, edition, source, year, limit.area_digits, limit.smallest_area)
    return [
        dict(row)
        for row in rows
        if 100 * (row["dropped"] + row["moved"]) > limit.share_percent * row["households"]
    ]
