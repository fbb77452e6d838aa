"""The daily run: how late every loan is at the start of a business day, and the tasks that come of it.

A run is a row with `due_at`. Whoever claims it works through the loans by id, some thousands in each
transaction, and leaves in the row how far it came: killed at any moment, it goes on from there. Done again
it changes nothing. After days of standstill the newest run that is due does the work of those before it,
because what a day comes to depends on what is owed and on the day alone (`rules.assess`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.demand import queries
from funds.demand.events import LoanOverdue
from funds.demand.rules import FROM_DAYS, Arrears, Bucket, Outcome, assess, opening
from funds.demand.task_rules import task_rules
from shared import outbox
from shared.clock import BANGKOK, business_date
from shared.db import Database, driver
from shared.ids import uuid7

CHUNK: Final = 5_000
"""Loans in one transaction."""
ACTOR: Final = "system:daily"
START: Final = time(0, 10, tzinfo=BANGKOK)
"""When a business day's run is due."""
MOST_DAYS: Final = 400
"""Days of standstill that get a row each; what was before needs none."""
_NONE: Final = UUID(int=0)

_IF_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('arrears'), hashtext(current_schema()))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('arrears'), hashtext(current_schema()))"

# Days after today are only there when the clock was ahead for a while: what was found then is void.
_FORGET_RUNS = "DELETE FROM arrears_runs WHERE day > $1"
_TODAY_AGAIN = """
UPDATE arrears_runs SET state = 'waiting', after_loan = NULL, loans = 0, changed = 0, tasks = 0,
    started_at = NULL, finished_at = NULL
WHERE day = $1
"""
_FORGET_CHANGES = """
DELETE FROM arrears_changes WHERE as_of > $1
  AND loan_id IN (SELECT loan_id FROM loan_arrears WHERE as_of > $1)
"""
# Its bucket stays until the run looks at it again: those who were told of it are told what it is now.
_FORGET_ARREARS = """
UPDATE loan_arrears AS known
SET worst_days = greatest(told.worst, 0), worst_bucket = coalesce(told.bucket, 'current'),
    days_late = least(known.days_late, greatest(told.worst, 0)),
    late_since = CASE WHEN known.late_since <= $1 THEN known.late_since END, as_of = $1::date - 1,
    version = version + 1
FROM (
    SELECT a.loan_id, max(c.days_late) AS worst,
        (array_agg(c.bucket ORDER BY c.days_late DESC))[1] AS bucket
    FROM loan_arrears AS a LEFT JOIN arrears_changes AS c ON c.loan_id = a.loan_id
    WHERE a.as_of > $1 GROUP BY a.loan_id
) AS told
WHERE known.loan_id = told.loan_id
"""
_FORGET_TASKS = """
DELETE FROM demand_tasks
WHERE opened_on > $1 AND opened_by = $2 AND (state = 'open' OR closed_by = $2) AND file_key IS NULL
"""
_TASKS_AGAIN = """
UPDATE demand_tasks SET state = 'open', outcome = NULL, closed_by = NULL, closed_on = NULL,
    version = version + 1
WHERE state = 'cancelled' AND outcome = 'superseded' AND closed_on > $1 AND closed_by = $2
"""
_PLAN = """
INSERT INTO arrears_runs (day, due_at)
SELECT * FROM unnest($1::date[], $2::timestamptz[]) ON CONFLICT DO NOTHING
"""
_CLAIM = """
SELECT day, after_loan, started_at FROM arrears_runs
WHERE state = 'waiting' AND due_at <= $1 ORDER BY day DESC LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_CLAIM_DAY = "SELECT day, after_loan, started_at FROM arrears_runs WHERE day = $1 FOR UPDATE"
_AGAIN = """
INSERT INTO arrears_runs (day, due_at) VALUES ($1, $2)
ON CONFLICT (day) DO UPDATE SET state = 'waiting', after_loan = NULL, loans = 0, changed = 0, tasks = 0,
    started_at = NULL, finished_at = NULL
"""
_ADVANCE = """
UPDATE arrears_runs SET after_loan = coalesce($2, after_loan), loans = loans + $3, changed = changed + $4,
    tasks = tasks + $5, started_at = coalesce(started_at, $6), finished_at = $7, state = $8
WHERE day = $1
"""
_COVER = "UPDATE arrears_runs SET state = 'covered', finished_at = $2 WHERE day < $1 AND state = 'waiting'"

_WRITE = """
INSERT INTO loan_arrears AS known (loan_id, fund_id, area_code, days_late, bucket, worst_days, worst_bucket,
    late_since, oldest_due_on, overdue_principal, overdue_total, outstanding, as_of, updated_at)
SELECT told.*, $13, $14 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::int[],
    $7::text[], $8::date[], $9::date[], $10::bigint[], $11::bigint[], $12::bigint[]) AS told
ON CONFLICT (loan_id) DO UPDATE
SET days_late = excluded.days_late, bucket = excluded.bucket, worst_days = excluded.worst_days,
    worst_bucket = excluded.worst_bucket, late_since = excluded.late_since,
    oldest_due_on = excluded.oldest_due_on, overdue_principal = excluded.overdue_principal,
    overdue_total = excluded.overdue_total, outstanding = excluded.outstanding, as_of = excluded.as_of,
    version = known.version + 1, updated_at = excluded.updated_at
WHERE known.as_of <= excluded.as_of
"""
_CHANGED = """
INSERT INTO arrears_changes (loan_id, as_of, bucket, days_late, overdue_total)
SELECT told.loan_id, $1, told.bucket, told.days_late, told.overdue_total
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::bigint[]) AS told (loan_id, bucket, days_late,
    overdue_total)
ON CONFLICT (loan_id, as_of) DO UPDATE
SET bucket = excluded.bucket, days_late = excluded.days_late, overdue_total = excluded.overdue_total
"""
_CLOSE_TASKS = """
UPDATE demand_tasks SET state = 'cancelled', outcome = told.outcome, closed_by = $3, closed_on = $4,
    version = version + 1, updated_at = $5
FROM unnest($1::uuid[], $2::text[]) AS told (loan_id, outcome)
WHERE demand_tasks.loan_id = told.loan_id AND state = 'open' AND rule_code IS NOT NULL
"""
_OPEN_TASKS = """
INSERT INTO demand_tasks (id, loan_id, fund_id, area_code, rule_code, late_since, kind, bucket, due_on,
    opened_on, opened_by, created_at, updated_at)
SELECT told.*, $10, $11, $12, $12
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[],
    $9::date[]) AS told
ON CONFLICT (loan_id, late_since, rule_code) DO UPDATE
SET state = 'open', outcome = NULL, closed_by = NULL, closed_on = NULL, due_on = excluded.due_on,
    opened_on = excluded.opened_on, version = demand_tasks.version + 1, updated_at = excluded.updated_at
WHERE demand_tasks.state = 'cancelled'
"""
"""What was cancelled because a loan went into a later bucket opens again when it comes back into its own."""


@dataclass(slots=True)
class Totals:
    """What a run did."""

    loans: int = 0
    changed: int = 0
    tasks: int = 0
    last: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """A loan as it was read, and how late it is."""

    row: asyncpg.Record
    found: Arrears

    @property
    def before(self) -> Bucket:
        return Bucket(self.row["known_bucket"] or Bucket.CURRENT)

    @property
    def worse(self) -> bool:
        """Tell whether it came into a later bucket."""
        return FROM_DAYS[self.found.bucket] > FROM_DAYS[self.before]

    @property
    def differs(self) -> bool:
        """Tell whether there is something to write: a loan that never was late has no row."""
        row, found = self.row, self.found
        if row["known_version"] is None:
            return bool(found.days_late)
        known = tuple(
            row[f"known_{name}"] for name in ("days", "bucket", "worst", "total", "principal", "outstanding")
        )
        now = (found.days_late, found.bucket.value, found.worst_days)
        return known != (*now, found.overdue_total, found.overdue_principal, found.outstanding)


def due_at(day: date) -> datetime:
    """Return when the run of a business day is due."""
    return datetime.combine(day, START)


async def alone(session: AsyncSession) -> None:
    """Let nobody else write arrears until the transaction ends.

    Taken after a loan's own lock and before runs, arrears and tasks: what is read then is not changed by
    another run before it is written, and runs and decisions do not wait for each other in a circle.
    """
    await (await driver(session)).execute(_ALONE)


async def plan(session: AsyncSession, *, now: datetime) -> None:
    """Make the rows of today's run and of the days since the last one; quick when they are there."""
    connection = await driver(session)
    today = business_date(now)
    last = await connection.fetchval("SELECT max(day) FROM arrears_runs")
    if last == today:
        return
    if last is not None and last > today:
        await alone(session)
        await connection.execute(_FORGET_RUNS, today)
        await connection.execute(_TODAY_AGAIN, today)
        await connection.execute(_FORGET_CHANGES, today)
        await connection.execute(_FORGET_ARREARS, today)
        await connection.execute(_FORGET_TASKS, today, ACTOR)
        await connection.execute(_TASKS_AGAIN, today, ACTOR)
        last = await connection.fetchval("SELECT max(day) FROM arrears_runs")
    if last == today:
        return
    first = today if last is None else max(last + timedelta(days=1), today - timedelta(days=MOST_DAYS))
    days = [first + timedelta(days=at) for at in range((today - first).days + 1)]
    await connection.execute(_PLAN, days, [due_at(day) for day in days])


async def waiting(session: AsyncSession, *, now: datetime) -> bool:
    """Tell whether a run is due that is not done."""
    found = "SELECT EXISTS (SELECT FROM arrears_runs WHERE state = 'waiting' AND due_at <= $1)"
    return bool(await (await driver(session)).fetchval(found, now))


async def work(database: Database, *, now: datetime) -> Totals | None:
    """Do the newest run that is due, to its end; None when there is none or another process has it."""
    async with database.transaction() as session:
        await plan(session, now=now)
    done = Totals()
    day: date | None = None
    while True:
        async with database.transaction() as session:
            connection = await driver(session)
            if day is None:
                free = await connection.fetchval(_IF_ALONE)
                claimed = await connection.fetchrow(_CLAIM, now) if free else None
            else:
                await alone(session)
                claimed = await connection.fetchrow(_CLAIM_DAY, day)
            if claimed is None:
                return None
            day = claimed["day"]
            if await step(session, day=day, after=claimed["after_loan"], now=now, totals=done):
                await connection.execute(_COVER, day, now)
                return done


async def run_day(database: Database, day: date, *, now: datetime) -> Totals:
    """Do the run of a day from its beginning, also one that was done before; not of a day to come."""
    if day > business_date(now):
        raise ValueError("a daily run is of today or of a day before")
    async with database.transaction() as session:
        await (await driver(session)).execute(_AGAIN, day, due_at(day))
    done, after, ended = Totals(), None, False
    while not ended:
        async with database.transaction() as session:
            ended = await step(session, day=day, after=after, now=now, totals=done)
            after = done.last
    return done


async def step(
    session: AsyncSession, *, day: date, after: UUID | None, now: datetime, totals: Totals
) -> bool:
    """Look at the next loans after one, write what changed, and tell whether these were the last."""
    await alone(session)
    connection = await driver(session)
    rows = await connection.fetch(queries.CHUNK, day, after or _NONE, CHUNK)
    changed, tasks = await _apply(session, rows, day=day, now=now)
    totals.loans, totals.changed, totals.tasks = (
        totals.loans + len(rows),
        totals.changed + changed,
        totals.tasks + tasks,
    )
    ended = len(rows) < CHUNK
    totals.last = rows[-1]["id"] if rows else after
    finished, state = (now, "done") if ended else (None, "waiting")
    await connection.execute(_ADVANCE, day, totals.last, len(rows), changed, tasks, now, finished, state)
    return ended


async def look(session: AsyncSession, loan_id: UUID, *, now: datetime) -> None:
    """Write how late one loan is now: after a restructuring, a write-off, an end of its freeze."""
    await alone(session)
    day = business_date(now)
    row = await queries.one(session, loan_id, day=day)
    if row is not None:
        await _apply(session, [row], day=day, now=now, thawed=True)


async def _apply(
    session: AsyncSession, rows: Sequence[asyncpg.Record], *, day: date, now: datetime, thawed: bool = False
) -> tuple[int, int]:
    """Write what differs; returns how many rows and how many tasks.

    Tasks open for loans that came into a later bucket, or for all of them when they were thawed.
    """
    looked = []
    for row in rows:
        if row["as_of"] is not None and row["as_of"] > day:
            continue  # a later day was looked at already
        worst, since = row["worst_days"] or 0, row["late_since"]
        looked.append(_Looked(row, assess(queries.standing(row), day, worst_days=worst, late_since=since)))
    written = [one for one in looked if one.differs]
    moved = [one for one in written if one.before is not one.found.bucket]
    if written:
        await _write(session, written, day=day, now=now)
    if moved:
        await _tell(session, moved, day=day)
        caught_up = Outcome.DECIDED if thawed else Outcome.PAID
        await _close_tasks(session, moved, caught_up, day=day, now=now)
    worse = looked if thawed else [one for one in moved if one.worse]
    return len(written), await _open_tasks(session, worse, day=day, now=now)


async def _write(session: AsyncSession, written: Sequence[_Looked], *, day: date, now: datetime) -> None:
    columns = zip(
        *(
            (
                one.row["id"],
                one.row["fund_id"],
                one.row["area_code"],
                one.found.days_late,
                one.found.bucket.value,
                one.found.worst_days,
                one.found.worst_bucket.value,
                one.found.late_since,
                one.found.oldest_due_on,
                one.found.overdue_principal,
                one.found.overdue_total,
                one.found.outstanding,
            )
            for one in written
        ),
        strict=True,
    )
    await (await driver(session)).execute(_WRITE, *(list(column) for column in columns), day, now)


async def _tell(session: AsyncSession, moved: Sequence[_Looked], *, day: date) -> None:
    """Keep the changes of buckets, and publish them."""
    await (await driver(session)).execute(
        _CHANGED,
        day,
        [one.row["id"] for one in moved],
        [one.found.bucket.value for one in moved],
        [one.found.days_late for one in moved],
        [one.found.overdue_total for one in moved],
    )
    facts = []
    for one in moved:
        fact = LoanOverdue(
            loan_id=one.row["id"],
            fund_id=one.row["fund_id"],
            area_code=one.row["area_code"],
            as_of=day,
            previous_bucket=one.before,
            bucket=one.found.bucket,
            worst_bucket=one.found.worst_bucket,
            days_late=one.found.days_late,
        )
        facts.append((fact, one.row["id"], (one.row["known_version"] or 0) + 1))
    await outbox.insert_many(session, facts)


async def _close_tasks(
    session: AsyncSession, moved: Sequence[_Looked], caught_up: Outcome, *, day: date, now: datetime
) -> None:
    """Cancel the tasks of the buckets that loans have left for a later one, or because nothing is late.

    `caught_up` is why nothing is late any more. Of a loan that is a little less late they stay as they are.
    """
    left = [one for one in moved if one.worse or one.found.bucket is Bucket.CURRENT]
    outcomes = [
        (caught_up if one.found.bucket is Bucket.CURRENT else Outcome.SUPERSEDED).value for one in left
    ]
    loans = [one.row["id"] for one in left]
    await (await driver(session)).execute(_CLOSE_TASKS, loans, outcomes, ACTOR, day, now)


async def _open_tasks(session: AsyncSession, loans: Sequence[_Looked], *, day: date, now: datetime) -> int:
    """Open the tasks of the buckets that loans are in; returns how many are new.

    A frozen loan is not demanded: its tasks open once it is thawed and looked at again.
    """
    rows = [
        (
            uuid7(),
            one.row["id"],
            one.row["fund_id"],
            one.row["area_code"],
            rule.code,
            one.found.late_since,
            rule.kind.value,
            rule.bucket.value,
            day + timedelta(days=rule.within_days),
        )
        for one in loans
        if one.row["state"] == "active"
        for rule in opening(task_rules(), one.found.bucket)
    ]
    if not rows:
        return 0
    columns = (list(column) for column in zip(*rows, strict=True))
    done: str = await (await driver(session)).execute(_OPEN_TASKS, *columns, day, ACTOR, now)
    return int(done.rpartition(" ")[2])
