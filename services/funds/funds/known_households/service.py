"""Applying facts to the local copy: one statement a batch, and a late fact never overwrites a newer one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from funds.known_households.rules import CaseFact, Death, Location, Status, newest
from shared.db import driver

_LOCATE = """
INSERT INTO known_households AS known (household_id, village_code, location_sequence, updated_at)
SELECT household_id, village_code, sequence, $4
FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS told (household_id, village_code, sequence)
ON CONFLICT (household_id) DO UPDATE
SET village_code = excluded.village_code, location_sequence = excluded.location_sequence,
    updated_at = excluded.updated_at
WHERE known.location_sequence < excluded.location_sequence
"""

# The village is taken only for a household not yet known: its place has facts and a sequence of its own.
_SET_STATUS = """
INSERT INTO known_households AS known (household_id, village_code, edition_id, edition_year, dimensions,
    survey_poor, target_poor, income_band, status_sequence, updated_at)
SELECT household_id, village_code, edition_id, edition_year, string_to_array(dimensions, ','),
    survey_poor, target_poor, income_band, sequence, $10
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::smallint[], $5::text[], $6::int[], $7::int[], $8::text[],
    $9::bigint[]) AS told (household_id, village_code, edition_id, edition_year, dimensions,
    survey_poor, target_poor, income_band, sequence)
ON CONFLICT (household_id) DO UPDATE
SET edition_id = excluded.edition_id, edition_year = excluded.edition_year,
    dimensions = excluded.dimensions, survey_poor = excluded.survey_poor,
    target_poor = excluded.target_poor, income_band = excluded.income_band,
    status_sequence = excluded.status_sequence, updated_at = excluded.updated_at
WHERE known.status_sequence < excluded.status_sequence
"""

_MEET = """
INSERT INTO known_households (household_id, village_code, updated_at)
SELECT household_id, village_code, $3
FROM unnest($1::uuid[], $2::text[]) AS told (household_id, village_code)
ON CONFLICT (household_id) DO NOTHING
"""

# Two batches about two cases of one household must see each other's: they take turns at the household.
_LOCK = "SELECT FROM known_households WHERE household_id = ANY($1) ORDER BY household_id FOR UPDATE"

_SET_CASES = """
INSERT INTO known_cases AS known (case_id, household_id, village_code, certified, certified_on, sequence)
SELECT case_id, household_id, village_code, certified_on IS NOT NULL, certified_on, sequence
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[])
    AS told (case_id, household_id, village_code, certified_on, sequence)
ON CONFLICT (case_id) DO UPDATE
SET household_id = excluded.household_id, village_code = excluded.village_code,
    certified = excluded.certified, certified_on = excluded.certified_on, sequence = excluded.sequence
WHERE known.sequence < excluded.sequence
"""

_DERIVE = """
UPDATE known_households AS known
SET certified = newest.case_id IS NOT NULL, certified_on = newest.certified_on, case_id = newest.case_id,
    updated_at = $2
FROM unnest($1::uuid[]) AS told (household_id)
LEFT JOIN LATERAL (
    SELECT case_id, certified_on FROM known_cases
    WHERE known_cases.household_id = told.household_id AND known_cases.certified
    ORDER BY certified_on DESC, case_id DESC LIMIT 1
) AS newest ON true
WHERE known.household_id = told.household_id
  AND (known.case_id, known.certified_on) IS DISTINCT FROM (newest.case_id, newest.certified_on)
"""

_SET_DEATHS = """
INSERT INTO known_deaths AS known (person_id, household_id, village_code, died_on, sequence)
SELECT person_id, household_id, village_code, died_on, sequence
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[])
    AS told (person_id, household_id, village_code, died_on, sequence)
ON CONFLICT (person_id) DO UPDATE
SET household_id = excluded.household_id, village_code = excluded.village_code,
    died_on = excluded.died_on, sequence = excluded.sequence
WHERE known.sequence < excluded.sequence
"""


async def locate(session: AsyncSession, facts: Sequence[Location], *, now: datetime) -> None:
    """Take over where households are."""
    told = newest(facts)
    connection = await driver(session)
    await connection.execute(
        _LOCATE, [f.key for f in told], [f.village_code for f in told], [f.sequence for f in told], now
    )


async def set_status(session: AsyncSession, facts: Sequence[Status], *, now: datetime) -> None:
    """Take over what an edition says of households' poverty."""
    told = newest(facts)
    connection = await driver(session)
    await connection.execute(
        _SET_STATUS,
        [f.key for f in told],
        [f.village_code for f in told],
        [f.edition_id for f in told],
        [f.edition_year for f in told],
        [",".join(f.dimensions) for f in told],
        [f.survey_poor for f in told],
        [f.target_poor for f in told],
        [f.income_band for f in told],
        [f.sequence for f in told],
        now,
    )


async def set_cases(session: AsyncSession, facts: Sequence[CaseFact], *, now: datetime) -> None:
    """Take over which cases stand on the target register, and derive which households are certified."""
    told = newest(facts)
    villages = {f.household_id: f.village_code for f in told}
    households = sorted(villages)
    connection = await driver(session)
    await connection.execute(_MEET, households, [villages[h] for h in households], now)
    await connection.execute(_LOCK, households)
    await connection.execute(
        _SET_CASES,
        [f.key for f in told],
        [f.household_id for f in told],
        [f.village_code for f in told],
        [f.certified_on for f in told],
        [f.sequence for f in told],
    )
    await connection.execute(_DERIVE, households, now)


async def set_deaths(session: AsyncSession, facts: Sequence[Death]) -> None:
    """Take over who died."""
    told = newest(facts)
    connection = await driver(session)
    await connection.execute(
        _SET_DEATHS,
        [f.key for f in told],
        [f.household_id for f in told],
        [f.village_code for f in told],
        [f.died_on for f in told],
        [f.sequence for f in told],
    )
