"""Every SELECT on problem cases; a caller sees those of her areas. The board: `board.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    and_,
    column,
    exists,
    literal_column,
    select,
    table,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from funds.problem_cases.figures import OVERDUE
from funds.problem_cases.models import ProblemCase, ProblemFigures
from funds.problem_cases.rules import CaseState
from funds.registry.rules import Kind
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_CASES = ProblemCase.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_FIGURES = ProblemFigures.__table__  # type: ignore[attr-defined]  # likewise
_NAMES = table(
    "funds", column("id"), column("name_th"), column("state")
)  # the registry's; its name beside the case
_KEY = (_CASES.c.area_code, _CASES.c.id)
_BEFORE: Label[int] = literal_column(
    "(SELECT overdue_principal FROM problem_figures AS f WHERE f.case_id = problem_cases.id AND f.round = 0)"
).label("overdue_before")
_AFTER: Label[int | None] = literal_column(
    "(SELECT overdue_principal FROM problem_figures AS f WHERE f.case_id = problem_cases.id AND f.round > 1 "
    "ORDER BY f.round DESC LIMIT 1)"
).label("overdue_after")

_SURVEYS = """
SELECT survey.round, survey.completed_on, survey.completed_by, count(debtor.loan_id)::int AS debtors,
    count(*) FILTER (WHERE debtor.answer = 'acknowledged')::int AS acknowledged_debtors,
    coalesce(sum(debtor.booked), 0)::bigint AS booked, coalesce(sum(debtor.overdue), 0)::bigint AS overdue,
    coalesce(sum(debtor.acknowledged), 0)::bigint AS acknowledged,
    coalesce(sum(debtor.promised), 0)::bigint AS promised
FROM problem_surveys AS survey
LEFT JOIN problem_debtors AS debtor USING (case_id, round)
WHERE survey.case_id = $1
GROUP BY survey.case_id, survey.round ORDER BY survey.round
"""
_FROZEN = """
SELECT frozen.loan_id, loans.contract_no, frozen.outstanding, frozen.overdue_principal,
    frozen.overdue_interest, frozen.written_off, frozen.oldest_due_on
FROM problem_figure_loans AS frozen JOIN loans ON loans.id = frozen.loan_id
WHERE frozen.case_id = $1 AND frozen.round = $2 AND ($3::uuid IS NULL OR frozen.loan_id > $3)
ORDER BY frozen.loan_id LIMIT $4
"""
_COUNT_FROZEN = "SELECT count(*) FROM problem_figure_loans WHERE case_id = $1 AND round = $2"
_SURVEYORS = """
SELECT surveyed_by FROM problem_debtors WHERE case_id = $1
UNION SELECT completed_by FROM problem_surveys WHERE case_id = $1 AND completed_by IS NOT NULL
"""
_COMPLETED = "SELECT count(*) FROM problem_surveys WHERE case_id = $1 AND completed_on IS NOT NULL"

# Loans and instalments are the loans' own; here are those of one fund with anything to ask about.
_OWING = f"""
SELECT loan.id AS loan_id, loan.contract_no, loan.borrower_kind,
    loan.outstanding + loan.written_off - loan.recovered AS booked,
    coalesce(due.principal + due.interest, 0) AS overdue
FROM loans AS loan {OVERDUE}
WHERE loan.fund_id = $1 AND loan.state IN ('active', 'frozen', 'written_off')
"""  # noqa: S608  # our own constant texts
_DEBTORS = f"""
WITH owing AS ({_OWING})
SELECT loan.id AS loan_id, loan.contract_no, loan.borrower_kind,
    coalesce(debtor.booked, owing.booked, 0)::bigint AS booked,
    coalesce(debtor.overdue, owing.overdue, 0)::bigint AS overdue,
    debtor.answer, debtor.acknowledged, debtor.cause, debtor.promised, debtor.promised_on, debtor.note,
    debtor.surveyed_on, debtor.surveyed_by
FROM loans AS loan
LEFT JOIN owing ON owing.loan_id = loan.id
LEFT JOIN problem_debtors AS debtor
    ON debtor.case_id = $3 AND debtor.round = $4 AND debtor.loan_id = loan.id
WHERE loan.fund_id = $1 AND (debtor.loan_id IS NOT NULL OR ($5 AND owing.overdue > 0))
  AND ($6::boolean IS NULL OR $6 = (debtor.loan_id IS NOT NULL))
"""  # noqa: S608  # likewise
_PAGE = f"{_DEBTORS} AND ($7::uuid IS NULL OR loan.id > $7) ORDER BY loan.id LIMIT $8"  # likewise
_COUNT = f"SELECT count(*) FROM ({_DEBTORS}) AS listed"  # noqa: S608  # likewise


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose cases, where, of which fund, kind and state."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    state: CaseState | None = None
    open: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    newest: bool = False
    """Only each standing fund's newest of them, as the board counts."""


@dataclass(frozen=True, slots=True)
class DebtorsOf:
    """Debtors of a round: those surveyed and, while the round runs, those who are to be."""

    case_id: UUID
    fund_id: UUID
    round: int
    running: bool
    today: date
    surveyed: bool | None = None


def _listed(filters: Filters) -> Select[Any]:
    statement: Select[Any] = (
        select(*_CASES.c, _NAMES.c.name_th.label("fund_name"), _BEFORE, _AFTER)
        .join(_NAMES, _NAMES.c.id == _CASES.c.fund_id)
        .where(within(_CASES.c.area_code, filters.areas), descends(_CASES.c.area_code, filters.area))
    )
    for name in ("fund_id", "fund_kind", "state"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(_CASES.c[name] == getattr(value, "value", value))
    if filters.open is not None:
        ended = _CASES.c.ended_on
        statement = statement.where(ended.is_(None) if filters.open else ended.is_not(None))
    if filters.opened_from is not None:
        statement = statement.where(_CASES.c.opened_on >= filters.opened_from)
    if filters.opened_to is not None:
        statement = statement.where(_CASES.c.opened_on <= filters.opened_to)
    return statement.where(_newest(filters)) if filters.newest else statement


def _newest(filters: Filters) -> ColumnElement[bool]:
    """Return whether a case is the newest of its fund, which stands, among those of the days asked for."""
    other = _CASES.alias()
    later = tuple_(other.c.opened_on, other.c.id) > tuple_(_CASES.c.opened_on, _CASES.c.id)
    among = [other.c.fund_id == _CASES.c.fund_id, later]
    if filters.opened_to is not None:
        among.append(other.c.opened_on <= filters.opened_to)
    return and_(_NAMES.c.state != "closed", ~exists().where(*among))


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` cases by area, from the first after `after`."""
    return await fetch(session, seek(_listed(filters), _KEY, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many cases the filters leave."""
    return await counted(session, _listed(filters))


async def one(
    session: AsyncSession, case_id: UUID, *, areas: Sequence[str], lock: bool = False
) -> asyncpg.Record | None:
    """Return a case of the caller's areas, locked if it is to be changed."""
    statement = _listed(Filters(areas=areas)).where(_CASES.c.id == case_id)
    rows = await fetch(session, statement.with_for_update(of=_CASES) if lock else statement)
    return rows[0] if rows else None


async def figures(session: AsyncSession, case_id: UUID) -> list[asyncpg.Record]:
    """Return a case's frozen figures, the opening's first."""
    shown = [column for column in _FIGURES.c if column.name != "case_id"]
    return await fetch(
        session, select(*shown).where(_FIGURES.c.case_id == case_id).order_by(_FIGURES.c.round)
    )


async def frozen_loans(
    session: AsyncSession, case_id: UUID, number: int, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` loans that frozen figures count, from the first after `after`."""
    return list(await (await driver(session)).fetch(_FROZEN, case_id, number, after, limit))


async def count_frozen_loans(session: AsyncSession, case_id: UUID, number: int) -> int:
    """Return how many loans frozen figures count."""
    return int(await (await driver(session)).fetchval(_COUNT_FROZEN, case_id, number))


async def surveys(session: AsyncSession, case_id: UUID) -> list[asyncpg.Record]:
    """Return the rounds of a case's survey with their sums."""
    return list(await (await driver(session)).fetch(_SURVEYS, case_id))


async def surveyors(session: AsyncSession, case_id: UUID) -> set[str]:
    """Return who asked debtors or completed a round."""
    return {row["surveyed_by"] for row in await (await driver(session)).fetch(_SURVEYORS, case_id)}


async def completed_rounds(session: AsyncSession, case_id: UUID) -> int:
    """Return how many rounds are complete."""
    return int(await (await driver(session)).fetchval(_COMPLETED, case_id))


async def owing(session: AsyncSession, fund_id: UUID, *, today: date) -> dict[UUID, asyncpg.Record]:
    """Return a fund's loans with anything owed: `contract_no, borrower_kind, booked, overdue` by id."""
    rows = await (await driver(session)).fetch(_OWING, fund_id, today)
    return {row["loan_id"]: row for row in rows}


async def page_of_debtors(
    session: AsyncSession, wanted: DebtorsOf, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` debtors of a round by loan, from the first after `after`."""
    given = (wanted.fund_id, wanted.today, wanted.case_id, wanted.round, wanted.running, wanted.surveyed)
    return list(await (await driver(session)).fetch(_PAGE, *given, after, limit))


async def count_debtors(session: AsyncSession, wanted: DebtorsOf) -> int:
    """Return how many debtors a round has."""
    given = (wanted.fund_id, wanted.today, wanted.case_id, wanted.round, wanted.running, wanted.surveyed)
    return int(await (await driver(session)).fetchval(_COUNT, *given))
