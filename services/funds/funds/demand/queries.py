"""SELECTs on arrears and tasks; a caller sees those of her areas.

Loans, instalments and freezes are loans' own tables; they are read here set-based, as one statement each,
because an answer for every loan of an area or of the country cannot ask for them one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Label, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.demand.models import DemandTask
from funds.demand.rules import FROM_DAYS, Bucket, Standing, TaskKind, TaskState
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_TASKS = DemandTask.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

# Whom a task is about after the borrower's death is the loan's to say.
_ANSWERS: tuple[Label[str | None], ...] = tuple(
    literal_column(f"(SELECT {name} FROM loans WHERE loans.id = demand_tasks.loan_id)").label(name)  # noqa: S608  # own names
    for name in ("answerable_as", "answerable_member_id")
)

_DUE = """
LEFT JOIN LATERAL (
    SELECT min(i.due_on) AS oldest_due_on, sum(i.principal - i.paid_principal)::bigint AS overdue_principal,
        sum(i.principal - i.paid_principal + i.interest - i.paid_interest - i.waived_interest
            + i.penalty - i.paid_penalty)::bigint AS overdue_total
    FROM instalments AS i
    WHERE i.loan_id = loan.id AND i.schedule_no = loan.schedule_no AND i.settled_on IS NULL AND i.due_on < $1
) AS due ON loan.next_due_on < $1
"""
"""What was due before the day `$1`; loans keep the day of their oldest unsettled instalment."""

_KNOWN = """
known.version AS known_version, known.days_late AS known_days, known.bucket AS known_bucket,
known.worst_days AS known_worst,
CASE WHEN known.worst_days > 0 AND known.watch_until IS NULL AND loan.base_no = 1 THEN (
    SELECT greatest(max(least(coalesce(i.settled_on, $1), $1) - i.due_on), 0) FROM instalments AS i
    WHERE i.loan_id = loan.id AND i.schedule_no = loan.schedule_no
) ELSE known.worst_days END AS worst_days, known.late_since, known.watch_until, known.as_of,
known.overdue_total AS known_total, known.overdue_principal AS known_principal,
known.outstanding AS known_outstanding
"""
"""The worst is what instalments say of when each was paid: a receipt recorded late counts on its day.
Where a schedule was agreed on anew, or the debt is a part of another, they do not tell what was reached
before: then it is kept, and lowered by nothing."""

CHUNK = f"""
WITH loan AS (
    SELECT id, fund_id, area_code, state, outstanding, schedule_no, base_no,
        CASE WHEN state IN ('active', 'frozen') THEN next_due_on END AS next_due_on
    FROM loans
    WHERE id > $2 AND (state IN ('active', 'frozen')
        OR EXISTS (SELECT FROM loan_arrears WHERE loan_id = loans.id AND days_late > 0))
    ORDER BY id LIMIT $3
)
SELECT loan.id, loan.fund_id, loan.area_code, loan.state, loan.outstanding,
    due.oldest_due_on, due.overdue_principal, due.overdue_total, {_KNOWN}
FROM loan {_DUE}
LEFT JOIN loan_arrears AS known ON known.loan_id = loan.id
ORDER BY loan.id
"""  # noqa: S608  # our own constant texts
"""The next `$3` loans after `$2` that are open, or were late when last looked at."""

_ONE = f"""
SELECT loan.id, loan.fund_id, loan.area_code, loan.state, loan.outstanding,
    due.oldest_due_on, due.overdue_principal, due.overdue_total, {_KNOWN}
FROM (
    SELECT id, fund_id, area_code, state, outstanding, schedule_no, base_no,
        CASE WHEN state IN ('active', 'frozen') THEN next_due_on END AS next_due_on
    FROM loans WHERE id = $2
) AS loan {_DUE}
LEFT JOIN loan_arrears AS known ON known.loan_id = loan.id
"""  # noqa: S608  # our own constant texts

_CHANGES = """
SELECT as_of, bucket, days_late, overdue_total FROM arrears_changes WHERE loan_id = $1 ORDER BY as_of
"""


def standing(row: asyncpg.Record) -> Standing:
    """Return what a loan of CHUNK or `one` owes."""
    if row["oldest_due_on"] is None:
        return Standing(row["outstanding"])
    return Standing(row["outstanding"], row["oldest_due_on"], row["overdue_principal"], row["overdue_total"])


async def one(session: AsyncSession, loan_id: UUID, *, day: date) -> asyncpg.Record | None:
    """Return what a loan owes on a day and what is known of its arrears; areas are asked before."""
    row: asyncpg.Record | None = await (await driver(session)).fetchrow(_ONE, day, loan_id)
    return row


async def changes(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return the days on which a loan's bucket changed, the oldest first."""
    return list(await (await driver(session)).fetch(_CHANGES, loan_id))


@dataclass(frozen=True, slots=True)
class Overdue:
    """Which late loans: of whose areas, where, of which fund and buckets, as of which business day."""

    areas: Sequence[str]
    day: date
    area: str = ""
    fund_id: UUID | None = None
    bucket: Bucket | None = None


_NEXT_BUCKET = dict(zip(FROM_DAYS, list(FROM_DAYS.values())[1:], strict=False))


def _prefixes(areas: Sequence[str]) -> list[str]:
    return [f"{area}%" for area in areas]


_LISTED = """
FROM loans AS loan
WHERE loan.state IN ('active', 'frozen') AND loan.next_due_on < $1
  AND loan.area_code LIKE ANY ($2::text[]) AND loan.area_code >= $3 AND loan.area_code < $3 || ':'
  AND ($4::uuid IS NULL OR loan.fund_id = $4)
  AND $1 - loan.next_due_on BETWEEN $5 AND $6
"""

_OVERDUE = f"""
WITH loan AS (
    SELECT loan.* {_LISTED} AND ($7::text IS NULL OR (loan.area_code COLLATE "C", loan.id) > ($7, $8))
    ORDER BY loan.area_code, loan.id LIMIT $9
)
SELECT loan.id AS loan_id, loan.fund_id, loan.area_code, loan.contract_no, loan.borrower_kind,
    loan.borrower_id, loan.answerable_as, loan.answerable_member_id, loan.state, loan.version,
    due.oldest_due_on, due.overdue_principal, due.overdue_total,
    {_KNOWN}, loan.outstanding
FROM loan {_DUE}
LEFT JOIN loan_arrears AS known ON known.loan_id = loan.id
ORDER BY loan.area_code, loan.id
"""  # noqa: S608  # our own constant texts

_COUNT = f"SELECT count(*) {_LISTED}"  # our own constant texts


def _arguments(wanted: Overdue) -> list[Any]:
    bucket = wanted.bucket
    low = 1 if bucket is None else max(FROM_DAYS[bucket], 1)
    high = 1_000_000 if bucket is None else _NEXT_BUCKET.get(bucket, 1_000_001) - 1
    # An officer of one area asks for it: the index then finds her loans.
    area = wanted.area or (wanted.areas[0] if len(wanted.areas) == 1 else "")
    return [wanted.day, _prefixes(wanted.areas), area, wanted.fund_id, low, high]


async def overdue(
    session: AsyncSession, wanted: Overdue, *, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` late loans by area and id, from the first after `after`: as they are now."""
    place = (None, None) if after is None else after
    connection = await driver(session)
    return list(await connection.fetch(_OVERDUE, *_arguments(wanted), *place, limit))


async def count_overdue(session: AsyncSession, wanted: Overdue) -> int:
    """Return how many late loans there are."""
    return int(await (await driver(session)).fetchval(_COUNT, *_arguments(wanted)))


_PORTFOLIO = """
SELECT count(*) AS loans, coalesce(sum(outstanding), 0)::bigint AS outstanding,
    count(*) FILTER (WHERE state = 'frozen') AS frozen,
    greatest($1 - next_due_on, 0) AS days
FROM loans
WHERE state IN ('active', 'frozen') AND area_code LIKE ANY ($2::text[])
  AND area_code >= $3 AND area_code < $3 || ':'
  AND ($4::uuid IS NULL OR fund_id = $4)
GROUP BY days
"""
_OVERDUE_SUM = f"""
SELECT coalesce(sum(due.overdue_principal), 0)::bigint AS principal,
    coalesce(sum(due.overdue_total), 0)::bigint AS total
FROM (SELECT loan.* {_LISTED}) AS loan {_DUE}
"""  # noqa: S608  # our own constant texts
_WATCHED = """
SELECT coalesce(sum(loans.outstanding), 0)::bigint
FROM loan_arrears AS known JOIN loans ON loans.id = known.loan_id
WHERE known.watch_until >= $1 AND loans.state IN ('active', 'frozen')
  AND known.area_code LIKE ANY ($2::text[]) AND known.area_code >= $3 AND known.area_code < $3 || ':'
  AND ($4::uuid IS NULL OR known.fund_id = $4)
"""


async def portfolio(session: AsyncSession, wanted: Overdue) -> list[asyncpg.Record]:
    """Return open loans by days late: `days` (None: nothing is due any more), `loans`, `outstanding`."""
    connection = await driver(session)
    return list(await connection.fetch(_PORTFOLIO, *_arguments(wanted)[:4]))


async def sums(session: AsyncSession, wanted: Overdue) -> tuple[int, int, int]:
    """Return overdue principal, overdue in all, and outstanding under watch, in satang."""
    connection = await driver(session)
    arguments = _arguments(wanted)
    row = await connection.fetchrow(_OVERDUE_SUM, *arguments)
    assert row is not None  # noqa: S101  # an aggregate has one row
    watched = await connection.fetchval(_WATCHED, *arguments[:4])
    return row["principal"], row["total"], int(watched)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Which tasks: of whose areas, where, of which loan and fund, of which kind and state."""

    areas: Sequence[str]
    area: str = ""
    loan_id: UUID | None = None
    fund_id: UUID | None = None
    kind: TaskKind | None = None
    state: TaskState | None = None
    due_until: date | None = None


def _tasks(wanted: Tasks) -> Select[tuple[object, ...]]:
    conditions: list[ColumnElement[bool]] = [
        within(_TASKS.c.area_code, wanted.areas),
        descends(_TASKS.c.area_code, wanted.area),
    ]
    for column, value in (
        (_TASKS.c.loan_id, wanted.loan_id),
        (_TASKS.c.fund_id, wanted.fund_id),
        (_TASKS.c.kind, wanted.kind and wanted.kind.value),
        (_TASKS.c.state, wanted.state and wanted.state.value),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.due_until is not None:
        conditions.append(_TASKS.c.due_on <= wanted.due_until)
    return select(*_TASKS.c, *_ANSWERS).where(*conditions)


async def tasks(
    session: AsyncSession, wanted: Tasks, *, after: tuple[date, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` tasks by the day they are due and id, from the first after `after`."""
    key = (_TASKS.c.due_on, _TASKS.c.id)
    return await fetch(session, seek(_tasks(wanted), key, after, limit=limit))


async def count_tasks(session: AsyncSession, wanted: Tasks) -> int:
    """Return how many tasks there are."""
    return await counted(session, _tasks(wanted))


async def task(
    session: AsyncSession, loan_id: UUID, task_id: UUID, *, lock: bool = False
) -> asyncpg.Record | None:
    """Return a loan's task; `lock` keeps other changes away until the end of the transaction."""
    statement = select(*_TASKS.c, *_ANSWERS).where(_TASKS.c.id == task_id, _TASKS.c.loan_id == loan_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return rows[0] if rows else None


_RUNS = "SELECT * FROM arrears_runs ORDER BY day DESC LIMIT $1"


async def runs(session: AsyncSession, *, limit: int) -> list[asyncpg.Record]:
    """Return the last daily runs, the newest first."""
    return list(await (await driver(session)).fetch(_RUNS, limit))
