"""What tests of repayments do and check over and over."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.rules import LoanFacts
from funds.repayments import queries, reversing, service
from funds.repayments.rules import sums
from funds.repayments.schemas import NewRepayment, Reversal
from shared.db import driver
from shared.money import baht
from tests.factories import CHAIR, OFFICER

_receipts = count(1)
_BOOKED = """
SELECT coalesce(sum(credit - debit) FILTER (WHERE account = '4000'), 0)::bigint AS interest,
       coalesce(sum(credit - debit) FILTER (WHERE account = '4100'), 0)::bigint AS penalty
FROM journal_lines WHERE fund_id = $1
"""
_TOLD = """
SELECT coalesce(sum(interest), 0)::bigint AS interest, coalesce(sum(penalty), 0)::bigint AS penalty FROM (
    SELECT interest, penalty FROM repayments WHERE fund_id = $1 AND reversed_on IS NULL
    UNION ALL SELECT interest, penalty FROM loan_entries WHERE fund_id = $1
) AS told
"""


def at(day: date) -> datetime:
    """Return ten o'clock of a day in Thailand."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


async def pay(session: AsyncSession, loan_id: UUID, day: date, amount: int, **changes: Any) -> UUID:
    """Record a receipt of so many satang, on its own day unless `now` says otherwise; returns its id."""
    now = changes.pop("now", at(day))
    values = {"receipt_no": f"ร {next(_receipts)}", "channel": "cash", **changes}
    new = NewRepayment.model_validate({"loan_id": loan_id, "paid_on": day, "amount": baht(amount), **values})
    return (await service.record(session, new=new, actor=OFFICER, now=now)).id


async def take_back(session: AsyncSession, repayment_id: UUID, day: date) -> None:
    """Reverse a receipt on a day, as somebody else than who recorded it."""
    reversal = Reversal(reason="บันทึกผิดสัญญา")
    await reversing.reverse(session, repayment_id=repayment_id, reversal=reversal, actor=CHAIR, now=at(day))


async def stands(session: AsyncSession, loan_id: UUID) -> LoanFacts:
    """Return a loan after checking that instalments, running figures, receipts and books say the same."""
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    rows = await loans.rows_of(session, loan_id, loan.schedule_no)
    assert sum(row.owed_principal for row in rows) == loan.owed_principal
    assert await books.balance(session, loan.fund_id, Account.LOANS, loan_id=loan_id) == loan.outstanding
    assert await books.balance(session, loan.fund_id, Account.ADVANCES, loan_id=loan_id) == loan.advance
    connection = await driver(session)
    booked = await connection.fetchrow(_BOOKED, loan.fund_id)
    told = await connection.fetchrow(_TOLD, loan.fund_id)
    assert tuple(booked) == tuple(told)
    return loan


async def in_hand(session: AsyncSession, loan_id: UUID) -> tuple[list[Any], int]:
    """Return a loan's instalments in force as the rules take them, and their paid sum."""
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    rows = await loans.rows_of(session, loan_id, loan.schedule_no)
    return rows, sum(sums(rows))


async def receipt(session: AsyncSession, repayment_id: UUID) -> dict[str, Any]:
    """Return a repayment's row."""
    row = await queries.one(session, repayment_id, areas=("",))
    assert row is not None
    return dict(row)
