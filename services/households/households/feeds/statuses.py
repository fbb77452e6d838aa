"""Households of an import: registry, snapshot with its poverty status, and the events that tell of them.

A household that is new has version 1 when registered; a change of place and a change of status each raise it,
so that the events of one household are in the order of its versions.
"""
# ruff: noqa: S608  # statements of our own names and numbers; values are parameters

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from households.feeds.events import HouseholdStatusChanged
from households.feeds.rules import AMOUNTS, first_day
from households.poverty.rules import DIMENSIONS, INCOME_BANDS
from households.registry.events import HouseholdMoved, HouseholdRegistered
from households.sql import run
from shared import context

_AMOUNTS: Final = ", ".join(AMOUNTS)
_NOW: Final = "CAST(:now AS timestamptz)"
_EDITION: Final = "CAST(:edition AS uuid)"

# The status of every household whose rows, persons or welfare changed, beside the one published before.
_STATUSES = f"""
CREATE TEMP TABLE statuses ON COMMIT DROP AS
WITH persons AS (
    SELECT household_id, count(*) AS persons, bit_or(dimensions) AS dimensions,
           count(*) FILTER (WHERE dimensions <> 0) AS survey_poor,
           count(*) FILTER (WHERE dimensions <> 0 AND welfare = 3) AS target_poor
    FROM edition_persons WHERE edition_id = {_EDITION} {{only_touched}}
    GROUP BY household_id
)
SELECT t.household_id, coalesce(i.own_dimensions, e.own_dimensions) AS own_dimensions,
       coalesce(i.village_code, e.village_code) AS village_code, coalesce(i.income_band,
       e.income_band) AS income_band,
       coalesce(p.persons, 0) AS persons,
       (coalesce(p.dimensions, 0) | coalesce(i.own_dimensions, e.own_dimensions))::smallint AS dimensions,
       coalesce(p.survey_poor, 0) AS survey_poor, coalesce(p.target_poor, 0) AS target_poor,
       e.dimensions AS dimensions_before, e.survey_poor AS survey_poor_before,
           e.target_poor AS target_poor_before,
       e.income_band AS income_band_before, e.village_code AS village_before,
       coalesce(i.is_new, false) AS is_new, true AS is_latest, false AS is_changed
FROM touched t
LEFT JOIN incoming_households i ON i.household_id = t.household_id
LEFT JOIN edition_households e ON e.edition_id = {_EDITION} AND e.household_id = t.household_id
LEFT JOIN persons p ON p.household_id = t.household_id
"""
# Other editions of the same households: a newer one silences this one, the newest older one is what was told.
_OTHER_EDITIONS = f"""
UPDATE statuses s SET
    is_latest = o.newest <= CAST(:year AS int),
    dimensions_before = coalesce(s.dimensions_before, o.dimensions),
    survey_poor_before = coalesce(s.survey_poor_before, o.survey_poor),
    target_poor_before = coalesce(s.target_poor_before, o.target_poor),
    income_band_before = coalesce(s.income_band_before, o.income_band)
FROM (
    SELECT DISTINCT ON (e.household_id) e.household_id, e.dimensions, e.survey_poor, e.target_poor,
           e.income_band,
           max(f.edition_year) OVER (PARTITION BY e.household_id) AS newest
    FROM edition_households e JOIN feed_editions f ON f.id = e.edition_id
    WHERE e.edition_id <> {_EDITION} AND e.household_id IN (SELECT household_id FROM statuses)
    ORDER BY e.household_id, f.edition_year > CAST(:year AS int), f.edition_year DESC, f.imported_at DESC
) o
WHERE o.household_id = s.household_id
"""
_CHANGED = """
UPDATE statuses SET is_changed = true
WHERE is_latest AND (survey_poor > 0 OR coalesce(survey_poor_before, 0) > 0)
AND (dimensions, survey_poor, target_poor, income_band)
    IS DISTINCT FROM (dimensions_before, survey_poor_before, target_poor_before, income_band_before)
"""
_NEW_HOUSEHOLDS = f"""
INSERT INTO households (id, house_id, house_no, village_code, lat, lon, origin, last_edition_year, version,
                        created_at, updated_at)
SELECT i.household_id, i.house_id, i.house_no, i.village_code, i.lat, i.lon, 'feed', CAST(:year AS int),
       1 + s.is_changed::int, {_NOW}, {_NOW}
FROM incoming_households i JOIN statuses s USING (household_id) WHERE i.is_new
"""
_FACTS: Final = "(h.house_no, h.village_code, h.lat, h.lon)"
_NEW_FACTS: Final = (
    "(coalesce(i.house_no, h.house_no), i.village_code, coalesce(i.lat, h.lat), coalesce(i.lon, h.lon))"
)
_CHANGED_HOUSEHOLDS = f"""
UPDATE households h SET
    house_no = coalesce(i.house_no, h.house_no), village_code = i.village_code,
    lat = coalesce(i.lat, h.lat), lon = coalesce(i.lon, h.lon),
    last_edition_year = CAST(:year AS int), updated_at = {_NOW},
    version = h.version + CASE WHEN {_FACTS} IS DISTINCT FROM {_NEW_FACTS} THEN 1 ELSE 0 END
FROM incoming_households i
WHERE h.id = i.household_id AND NOT i.is_new AND i.is_newest
AND (h.last_edition_year IS DISTINCT FROM CAST(:year AS int) OR {_FACTS} IS DISTINCT FROM {_NEW_FACTS})
"""
_STATUS_VERSIONS = """
UPDATE households h SET version = h.version + 1 FROM statuses s
WHERE s.household_id = h.id AND s.is_changed AND NOT s.is_new
"""
_STATUS_COLUMNS: Final = "dimensions, persons, survey_poor, target_poor"
_SURVEY_COLUMNS: Final = (
    f"village_code, members, {_AMOUNTS}, income_band, indicators, failed, own_dimensions, row_hash"
)
_NEW_SNAPSHOTS = f"""
INSERT INTO edition_households (edition_id, household_id, village_code, members, {_AMOUNTS}, income_band,
                                indicators, failed, own_dimensions, row_hash, {_STATUS_COLUMNS})
SELECT {_EDITION}, i.household_id, i.village_code, i.members, {_AMOUNTS}, i.income_band, i.indicators,
       i.failed,
       i.own_dimensions, i.row_hash, s.dimensions, s.persons, s.survey_poor, s.target_poor
FROM incoming_households i JOIN statuses s USING (household_id) WHERE NOT i.in_edition
"""
_SURVEY_NAMES: Final = _SURVEY_COLUMNS.split(", ")
_CHANGED_SNAPSHOTS = f"""
UPDATE edition_households e SET ({_SURVEY_COLUMNS}) = ({", ".join(f"i.{name}" for name in _SURVEY_NAMES)})
FROM incoming_households i
WHERE e.edition_id = {_EDITION} AND e.household_id = i.household_id AND i.in_edition
"""
_CHANGED_STATUSES = f"""
UPDATE edition_households e
SET dimensions = s.dimensions, persons = s.persons, survey_poor = s.survey_poor, target_poor = s.target_poor
FROM statuses s
WHERE e.edition_id = {_EDITION} AND e.household_id = s.household_id
AND (e.dimensions, e.persons, e.survey_poor, e.target_poor)
    IS DISTINCT FROM (s.dimensions, s.persons, s.survey_poor, s.target_poor)
"""
_REGISTERED_EVENTS = f"""
INSERT INTO outbox (type, subject, sequence, data, correlation_id)
SELECT '{HouseholdRegistered.type}', household_id, 1,
       jsonb_build_object('household_id', household_id, 'village_code', village_code, 'origin', 'feed'),
           CAST(:story AS text)
FROM incoming_households WHERE is_new
"""
_MOVED_EVENTS = f"""
INSERT INTO outbox (type, subject, sequence, data, correlation_id)
SELECT '{HouseholdMoved.type}', i.household_id, h.version, jsonb_build_object(
    'household_id', i.household_id, 'from_village_code', i.village_before, 'village_code', i.village_code,
    'moved_on', CAST(:day AS date)), CAST(:story AS text)
FROM incoming_households i JOIN households h ON h.id = i.household_id
WHERE NOT i.is_new AND i.is_newest AND i.village_before <> i.village_code
"""
_MOVED_HISTORY = f"""
INSERT INTO registry_changes (id, subject, version, kind, detail, actor, changed_at)
SELECT gen_random_uuid(), i.household_id, h.version, 'moved', jsonb_build_object(
    'village_code', jsonb_build_array(i.village_before, i.village_code), 'edition_id', {_EDITION}),
        'feed', {_NOW}
FROM incoming_households i JOIN households h ON h.id = i.household_id
WHERE NOT i.is_new AND i.is_newest AND i.village_before <> i.village_code
"""
_NAMES: Final = ", ".join(
    f"CASE WHEN s.dimensions & {1 << place} <> 0 THEN '{name}' END" for place, name in enumerate(DIMENSIONS)
)
_BANDS: Final = "ARRAY[" + ", ".join(f"'{band}'" for band in INCOME_BANDS) + "]"
_STATUS_EVENTS = f"""
INSERT INTO outbox (type, subject, sequence, data, correlation_id)
SELECT '{HouseholdStatusChanged.type}', s.household_id, h.version, jsonb_build_object(
    'household_id', s.household_id, 'village_code', s.village_code, 'edition_id', {_EDITION},
    'edition_year', CAST(:year AS int), 'dimensions', to_jsonb(array_remove(ARRAY[{_NAMES}], NULL)),
    'survey_poor', s.survey_poor, 'target_poor', s.target_poor,
    'income_band', ({_BANDS})[s.income_band + 1]), CAST(:story AS text)
FROM statuses s JOIN households h ON h.id = s.household_id WHERE s.is_changed
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """What an import did to households."""

    new: int
    changed: int
    moved: int
    statuses: int


async def compute(connection: asyncpg.Connection, *, edition: UUID, year: int, was_empty: bool) -> None:
    """Compute the status of every touched household into the table `statuses`."""
    only = "" if was_empty else "AND household_id IN (SELECT household_id FROM touched)"
    await run(connection, _STATUSES.format(only_touched=only), edition=edition)
    await connection.execute("ANALYZE statuses")
    if await connection.fetchval(
        "SELECT EXISTS (SELECT FROM edition_households WHERE edition_id <> $1)", edition
    ):
        await run(connection, _OTHER_EDITIONS, edition=edition, year=year)
    await run(connection, _CHANGED)


async def apply_households(
    connection: asyncpg.Connection, *, edition: UUID, year: int, was_empty: bool, now: datetime
) -> Changed:
    """Bring households and the edition's households up to date and tell of it."""
    story = context.correlation_id.get() or f"feed-edition:{edition}"
    new = await run(connection, _NEW_HOUSEHOLDS, year=year, now=now)
    changed = await run(connection, _CHANGED_HOUSEHOLDS, year=year, now=now)
    await run(connection, _NEW_SNAPSHOTS, edition=edition)
    if not was_empty:
        await run(connection, _CHANGED_SNAPSHOTS, edition=edition)
        await run(connection, _CHANGED_STATUSES, edition=edition)
    await run(connection, _REGISTERED_EVENTS, story=story)
    moved = await run(connection, _MOVED_EVENTS, day=first_day(year), story=story)
    if moved:
        await run(connection, _MOVED_HISTORY, edition=edition, now=now)
    await run(connection, _STATUS_VERSIONS)
    statuses = await run(connection, _STATUS_EVENTS, edition=edition, year=year, story=story)
    return Changed(new, changed, moved, statuses)
