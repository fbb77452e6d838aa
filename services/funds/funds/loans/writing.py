"""Every write on loans' tables, on the driver's connection."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.loans.models import Loan
from funds.loans.rules import BookLoan, Instalment, LoanFacts, Reason, State, next_due, planned
from funds.registry.rules import FundFacts
from shared.db import driver
from shared.rows import update_row

_TABLE = Loan.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_COLUMNS = tuple(name for name in Instalment.__dataclass_fields__)
_TYPES = {"from_on": "date", "due_on": "date", "penalty_until": "date", "settled_on": "date", "number": "int"}
_ARRAYS = ", ".join(f"${at}::{_TYPES.get(name, 'bigint')}[]" for at, name in enumerate(_COLUMNS, 9))

_SCHEDULE = f"""
WITH made AS (
    INSERT INTO loan_schedules (loan_id, schedule_no, base_no, reason, note, made_on, advance, actor,
        created_at)
    VALUES ($1, $2::int, CASE WHEN $3::text IN ('early_repayment', 'replay') THEN (
        SELECT base_no FROM loans WHERE id = $1) ELSE $2::int END, $3::text, $4, $5, $6, $7, $8)
)
INSERT INTO instalments (loan_id, schedule_no, {", ".join(_COLUMNS)})
SELECT $1, $2, * FROM unnest({_ARRAYS})
"""  # noqa: S608  # own names

PAID = ("penalty", "paid_principal", "paid_interest", "paid_penalty", "penalty_until", "settled_on")
"""What money changes of an instalment."""

_PAY = f"""
WITH paid AS (
    UPDATE instalments AS row SET {", ".join(f"{name} = new.{name}" for name in PAID)}
    FROM unnest($11::int[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::date[],
        $17::date[])
        AS new (number, {", ".join(PAID)})
    WHERE row.loan_id = $1 AND row.schedule_no = $10 AND row.number = new.number
)
UPDATE loans SET outstanding = $2, advance = $3, recovered = $4, next_due_on = $5, last_paid_on = $6,
    state = $7, closed_on = $8, schedule_no = $10, version = version + 1, updated_at = $9
WHERE id = $1
"""  # noqa: S608  # likewise


class NewSchedule(NamedTuple):
    """Why, when and by whom a schedule is made, and what was paid ahead at that time."""

    reason: Reason
    made_on: date
    advance: int
    actor: str
    note: str | None = None


class Figures(NamedTuple):
    """A loan's running figures after something was paid."""

    outstanding: int
    advance: int
    recovered: int
    next_due_on: date | None
    last_paid_on: date | None
    state: str
    closed_on: date | None


async def add_schedule(
    session: AsyncSession, loan: LoanFacts, rows: Sequence[Instalment], *, made: NewSchedule, now: datetime
) -> int:
    """Store a new schedule and return its number; to put it in force is the caller's."""
    number = loan.schedule_no + 1
    columns = [[getattr(row, name) for row in rows] for name in _COLUMNS]
    facts = (loan.id, number, made.reason.value, made.note, made.made_on, made.advance, made.actor, now)
    await (await driver(session)).execute(_SCHEDULE, *facts, *columns)
    return number


async def change(session: AsyncSession, loan: LoanFacts, *, now: datetime, **values: Any) -> None:
    """Change a loan's row, which is locked; its version goes up by one."""
    await update_row(session, _TABLE, loan.id, **values, version=loan.version + 1, updated_at=now)


async def pay(
    session: AsyncSession,
    loan_id: UUID,
    *,
    schedule_no: int,
    rows: Sequence[Instalment],
    figures: Figures,
    now: datetime,
) -> None:
    """Store what instalments of a schedule are paid, and the loan's figures after it, in one statement."""
    columns = [[getattr(row, name) for row in rows] for name in ("number", *PAID)]
    await (await driver(session)).execute(_PAY, loan_id, *figures, now, schedule_no, *columns)


_OPENED = (
    "id", "fund_id", "area_code", "product_id", "borrower_kind", "borrower_id", "contract_no",
    "contract_date", "principal", "annual_rate", "terms", "state", "disbursed", "outstanding", "advance",
    "schedule_no", "base_no", "next_due_on", "contracted_by", "created_at", "updated_at",
)  # fmt: skip
_OPENING = ("loan_id", "schedule_no", "base_no", "reason", "advance", "made_on", "actor", "created_at")
_TO_COME = ("loan_id", "schedule_no", *_COLUMNS)


async def take_over(
    session: AsyncSession,
    loans: Sequence[tuple[UUID, BookLoan, Mapping[str, Any]]],
    *,
    fund: FundFacts,
    cut_off: date,
    actor: str,
    now: datetime,
) -> None:
    """Store loans of the books before as open ones, with their contracts' words and what is still to come."""
    opened, schedules, instalments = [], [], []
    for loan_id, loan, words in loans:
        rows = planned(loan.instalments, starts_on=cut_off)
        opened.append((*_opened(loan_id, loan, rows, fund=fund, words=words), actor, now, now))
        schedules.append((loan_id, 1, 1, Reason.OPENING.value, loan.advance, cut_off, actor, now))
        instalments += [(loan_id, 1, *(getattr(row, name) for name in _COLUMNS)) for row in rows]
    connection = await driver(session)
    await connection.copy_records_to_table("loans", records=opened, columns=_OPENED)
    await connection.copy_records_to_table("loan_schedules", records=schedules, columns=_OPENING)
    await connection.copy_records_to_table("instalments", records=instalments, columns=_TO_COME)


def _opened(
    loan_id: UUID, loan: BookLoan, rows: Sequence[Instalment], *, fund: FundFacts, words: Mapping[str, Any]
) -> tuple[object, ...]:
    lent = (loan.borrower_kind, loan.borrower_id, loan.contract_no, loan.contract_date, loan.principal)
    terms = orjson.dumps(words).decode()
    figures = (State.ACTIVE.value, loan.principal, loan.outstanding, loan.advance, 1, 1, next_due(rows))
    rate = rates.to_column(loan.annual_rate)
    return (loan_id, fund.id, fund.area_code, loan.product_id, *lent, rate, terms, *figures)
