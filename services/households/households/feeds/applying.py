"""Staged rows into the registry and the edition's snapshot, by few statements over sets.

The registry takes a fact only from an edition at least as new as the one that told it last; the snapshot of
an older edition is stored all the same. Of a person only what differs is written: the next year's edition
knows almost everybody, and a row written anew is an entry in each index.
"""
# ruff: noqa: S608  # statements of our own names and numbers; values are parameters

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from households.feeds.rules import first_day, last_day
from households.sql import run

_INCOMING_HOUSEHOLDS = """
CREATE TEMP TABLE incoming_households ON COMMIT DROP AS
SELECT s.*, coalesce(h.id, s.id) AS household_id, h.id IS NULL AS is_new,
       coalesce(h.status = 'active' AND coalesce(h.last_edition_year, 0) <= CAST(:year AS int),
       true) AS is_newest,
       h.village_code AS village_before, e.own_dimensions AS own_dimensions_before,
           e.edition_id IS NOT NULL AS in_edition
FROM staged_households s
LEFT JOIN households h ON h.house_id = s.house_id
LEFT JOIN edition_households e ON e.edition_id = CAST(:edition AS uuid) AND e.household_id = h.id
"""
_HOUSES = """
CREATE TEMP TABLE houses ON COMMIT DROP AS
SELECT house_id, household_id, village_code, own_dimensions, is_newest, is_new FROM incoming_households
UNION ALL
SELECT h.house_id, e.household_id, e.village_code, e.own_dimensions,
       h.status = 'active' AND coalesce(h.last_edition_year, 0) <= CAST(:year AS int), false
FROM (SELECT DISTINCT house_id FROM staged_persons) s
JOIN households h ON h.house_id = s.house_id
JOIN edition_households e ON e.edition_id = CAST(:edition AS uuid) AND e.household_id = h.id
WHERE NOT EXISTS (SELECT FROM incoming_households i WHERE i.household_id = h.id)
"""
# Of a known person: does something of herself differ (`differs`), and is she in this household and its
# village already, with this relation (`settled`)?
_INCOMING_PERSONS = """
CREATE TEMP TABLE incoming_persons ON COMMIT DROP AS
SELECT s.position, s.id, s.row_hash, s.citizen_id_index, s.citizen_id_enc, s.prefix, s.first_name,
       coalesce(s.first_name_key, s.first_name) COLLATE "C" AS first_name_key, s.last_name,
       coalesce(s.last_name_key, s.last_name) COLLATE "C" AS last_name_key, s.sex, s.birth_date,
       s.relation, s.occupation, s.conditions,
       s.indicators, s.failed, s.own_dimensions,
       (s.own_dimensions | h.own_dimensions)::smallint AS dimensions,
       coalesce(p.id, s.id) AS person_id, p.id IS NULL AS is_new,
       p.merged_into IS NULL AND newer.person_id IS NULL AS is_newest, p.died_on,
       (p.prefix, p.first_name, p.last_name, p.sex, p.birth_date)
           IS DISTINCT FROM (s.prefix, s.first_name, s.last_name, s.sex, s.birth_date) AS differs,
       coalesce((m.household_id, m.relation, p.village_code) = (h.household_id, s.relation, h.village_code),
           false) AS settled,
       h.household_id, h.village_code, h.is_newest AS in_newest, coalesce(w.welfare, e.welfare,
           b.welfare, 0::smallint) AS welfare,
       e.edition_id IS NOT NULL AS in_edition, e.household_id AS household_before
FROM staged_persons s
JOIN houses h ON h.house_id = s.house_id
LEFT JOIN persons p ON p.citizen_id_index = s.citizen_id_index
LEFT JOIN memberships m ON m.person_id = p.id AND m.valid_to IS NULL
LEFT JOIN (
    SELECT DISTINCT n.person_id FROM edition_persons n JOIN feed_editions f ON f.id = n.edition_id
    WHERE f.edition_year > CAST(:year AS int)
) newer ON newer.person_id = p.id
LEFT JOIN edition_persons e ON e.edition_id = CAST(:edition AS uuid) AND e.person_id = p.id
LEFT JOIN staged_welfare w ON w.citizen_id_index = s.citizen_id_index
LEFT JOIN held_welfare b ON b.edition_id = CAST(:edition AS uuid) AND b.citizen_id_index = s.citizen_id_index
"""
_NEW_PERSONS = """
INSERT INTO persons (id, citizen_id_enc, citizen_id_index, prefix, first_name, last_name, first_name_key,
                     last_name_key, sex, birth_date, village_code, last_edition_year, created_at, updated_at)
SELECT person_id, citizen_id_enc, citizen_id_index, prefix, first_name, last_name, first_name_key,
       last_name_key, sex, birth_date, village_code, CAST(:year AS int), CAST(:now AS timestamptz),
           CAST(:now AS timestamptz)
FROM incoming_persons WHERE is_new
"""
_CHANGED_PERSONS = """
UPDATE persons p SET
    prefix = i.prefix, first_name = i.first_name, last_name = i.last_name, first_name_key = i.first_name_key,
    last_name_key = i.last_name_key, sex = i.sex, birth_date = i.birth_date,
    last_edition_year = CAST(:year AS int), updated_at = CAST(:now AS timestamptz), version = p.version + 1
FROM incoming_persons i
WHERE p.id = i.person_id AND NOT i.is_new AND i.is_newest AND i.differs
"""
_LEAVE = """
UPDATE memberships m SET valid_to = greatest(m.valid_from, CAST(:start AS date)), end_reason = 'moved'
FROM incoming_persons i
WHERE m.person_id = i.person_id AND m.valid_to IS NULL AND NOT i.is_new AND i.is_newest AND NOT i.settled
AND m.household_id <> i.household_id AND m.valid_from <= CAST(:last AS date)
"""
_DEMOTE = """
UPDATE memberships m SET relation = 'relative'
FROM incoming_persons i
WHERE i.relation = 'head' AND i.is_newest AND i.in_newest AND NOT i.settled
AND m.household_id = i.household_id AND m.relation = 'head' AND m.valid_to IS NULL
AND m.person_id <> i.person_id
"""
_NEW_RELATION = """
UPDATE memberships m SET relation = i.relation
FROM incoming_persons i
WHERE m.person_id = i.person_id AND m.household_id = i.household_id AND m.valid_to IS NULL
AND NOT i.is_new AND i.is_newest AND i.in_newest AND NOT i.settled AND m.relation <> i.relation
"""
# The staged id is the person's when she is new, and always her first or next membership's.
# In a household that a newer edition knows without her, she was a member for the older edition's year.
_JOIN = """
INSERT INTO memberships (id, person_id, household_id, relation, valid_from, valid_to, end_reason)
SELECT i.id, i.person_id, i.household_id, i.relation, CAST(:start AS date),
       CASE WHEN i.in_newest THEN NULL ELSE CAST(:last AS date) + 1 END,
       CASE WHEN i.in_newest THEN NULL ELSE 'feed' END
FROM incoming_persons i
WHERE {which}
"""
_NEW = "i.is_new"
_UNHOUSED = """
NOT i.is_new AND i.is_newest AND i.died_on IS NULL AND i.in_newest AND NOT i.settled
AND NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = i.person_id AND m.valid_to IS NULL)
"""
_RESETTLE = """
UPDATE persons p SET village_code = i.village_code, version = p.version + 1,
    updated_at = CAST(:now AS timestamptz)
FROM incoming_persons i
JOIN memberships m ON m.person_id = i.person_id AND m.household_id = i.household_id AND m.valid_to IS NULL
WHERE p.id = i.person_id AND NOT i.is_new AND i.is_newest AND i.in_newest AND NOT i.settled
    AND p.village_code <> i.village_code
"""
_FOLLOW = """
UPDATE persons p SET village_code = i.village_code, version = p.version + 1,
    updated_at = CAST(:now AS timestamptz)
FROM incoming_households i JOIN memberships m ON m.household_id = i.household_id AND m.valid_to IS NULL
WHERE i.is_newest AND i.village_before <> i.village_code AND p.id = m.person_id
    AND p.village_code <> i.village_code
"""
_SNAPSHOT_NAMES: Final = (
    "household_id", "relation", "occupation", "conditions", "indicators", "failed", "own_dimensions",
    "dimensions", "welfare", "row_hash",
)  # fmt: skip
_SNAPSHOT: Final = ", ".join(_SNAPSHOT_NAMES)
_NEW_SNAPSHOTS = f"""
INSERT INTO edition_persons (edition_id, person_id, {_SNAPSHOT})
SELECT CAST(:edition AS uuid), person_id, {_SNAPSHOT} FROM incoming_persons WHERE NOT in_edition
"""
_CHANGED_SNAPSHOTS = f"""
UPDATE edition_persons e SET ({_SNAPSHOT}) = ({", ".join(f"i.{name}" for name in _SNAPSHOT_NAMES)})
FROM incoming_persons i WHERE e.edition_id = CAST(:edition AS uuid) AND e.person_id = i.person_id
    AND i.in_edition
"""
_TOUCHED = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT household_id FROM houses
UNION SELECT household_before FROM incoming_persons WHERE household_before <> household_id
"""
_HOUSEHOLD_DIMENSIONS = """
UPDATE edition_persons e SET dimensions = e.own_dimensions | i.own_dimensions
FROM incoming_households i
WHERE e.edition_id = CAST(:edition AS uuid) AND e.household_id = i.household_id AND i.in_edition
AND i.own_dimensions <> i.own_dimensions_before AND e.dimensions <> (e.own_dimensions | i.own_dimensions)
"""
_NEW_WELFARE = """
WITH changed AS (
    UPDATE edition_persons e SET welfare = w.welfare
    FROM staged_welfare w JOIN persons p ON p.citizen_id_index = w.citizen_id_index
    WHERE e.edition_id = CAST(:edition AS uuid) AND e.person_id = p.id AND e.welfare <> w.welfare
    RETURNING e.household_id
)
INSERT INTO touched SELECT household_id FROM changed EXCEPT SELECT household_id FROM touched
"""
_HOLD_WELFARE = """
INSERT INTO held_welfare (edition_id, citizen_id_index, welfare)
SELECT CAST(:edition AS uuid), w.citizen_id_index, w.welfare FROM staged_welfare w
WHERE NOT EXISTS (SELECT FROM incoming_persons i WHERE i.citizen_id_index = w.citizen_id_index)
AND (CAST(:was_empty AS bool) OR NOT EXISTS (
    SELECT FROM persons p JOIN edition_persons e ON e.edition_id = CAST(:edition AS uuid)
           AND e.person_id = p.id
    WHERE p.citizen_id_index = w.citizen_id_index))
ON CONFLICT (edition_id, citizen_id_index) DO UPDATE SET welfare = excluded.welfare
WHERE held_welfare.welfare <> excluded.welfare
"""
_FREE_WELFARE = """
DELETE FROM held_welfare h USING incoming_persons i
WHERE h.edition_id = CAST(:edition AS uuid) AND h.citizen_id_index = i.citizen_id_index
"""


_BULK: Final = 200_000
"""Rows from which on it can pay to build indexes anew instead of putting each row into them."""
_COUNTED = "SELECT count(*) FILTER (WHERE is_new) AS new, count(*) AS rows FROM incoming_persons"
_MORE_THAN_THERE_ARE = "SELECT count(*) < $1 FROM (SELECT FROM persons LIMIT $1) q"


@dataclass(frozen=True, slots=True)
class Applied:
    """What an import did to persons."""

    new: int
    changed: int
    bulk: bool
    """The indexes are to be built by `end_bulk` once everything is written."""


async def resolve(connection: asyncpg.Connection, edition: UUID, year: int) -> None:
    """Join what came to the registry and to the edition's snapshot."""
    await run(connection, _INCOMING_HOUSEHOLDS, edition=edition, year=year)
    await connection.execute("ANALYZE incoming_households")
    await run(connection, _HOUSES, edition=edition, year=year)
    await connection.execute("ANALYZE houses")
    await run(connection, _INCOMING_PERSONS, edition=edition, year=year)
    await connection.execute(
        "ANALYZE incoming_persons (person_id, household_id, is_new, in_edition, relation, settled, differs)"
    )


async def apply_persons(
    connection: asyncpg.Connection, *, edition: UUID, year: int, was_empty: bool, now: datetime
) -> Applied:
    """Bring persons, memberships and the edition's persons up to date."""
    dates = {"start": first_day(year), "last": last_day(year)}
    counted = (await connection.fetch(_COUNTED))[0]
    bulk = await _begin_bulk(connection, counted["new"])
    new = await run(connection, _NEW_PERSONS, year=year, now=now)
    changed = 0
    if counted["rows"] > new:
        changed = await run(connection, _CHANGED_PERSONS, year=year, now=now)
        await run(connection, _LEAVE, **dates)
    if await connection.fetchval("SELECT EXISTS (SELECT FROM houses WHERE NOT is_new)"):
        await run(connection, _DEMOTE)
        await run(connection, _NEW_RELATION)
        await run(connection, _JOIN.format(which=_UNHOUSED), **dates)
    await run(connection, _JOIN.format(which=_NEW), **dates)
    if counted["rows"] > new:
        await run(connection, _RESETTLE, now=now)
    await run(connection, _FOLLOW, now=now)
    await _apply_snapshots(connection, edition=edition, was_empty=was_empty)
    return Applied(new, changed, bulk)


async def end_bulk(connection: asyncpg.Connection) -> None:
    """Build the indexes that a bulk load did without."""
    await connection.execute("SELECT end_bulk_load()")


async def _begin_bulk(connection: asyncpg.Connection, new: int) -> bool:
    """Drop indexes when more persons come than there are; False when they do not, or somebody is reading."""
    if new < _BULK or not await connection.fetchval(_MORE_THAN_THERE_ARE, new):
        return False
    await connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    await connection.execute("SET LOCAL lock_timeout = '2s'")
    try:
        async with connection.transaction():
            await connection.execute("SELECT begin_bulk_load()")
    except asyncpg.LockNotAvailableError:
        return False
    finally:
        await connection.execute("SET LOCAL lock_timeout = 0")
    return True


async def _apply_snapshots(connection: asyncpg.Connection, *, edition: UUID, was_empty: bool) -> None:
    await connection.execute(_TOUCHED)
    await run(connection, _NEW_SNAPSHOTS, edition=edition)
    if not was_empty:
        await run(connection, _CHANGED_SNAPSHOTS, edition=edition)
        await run(connection, _HOUSEHOLD_DIMENSIONS, edition=edition)
        await run(connection, _NEW_WELFARE, edition=edition)
    await run(connection, _HOLD_WELFARE, edition=edition, was_empty=was_empty)
    await run(connection, _FREE_WELFARE, edition=edition)
    await connection.execute("ANALYZE touched")
