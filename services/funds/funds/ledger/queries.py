"""Every SELECT on the books."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import rules
from funds.ledger.errors import BooksNotFound
from shared.db import driver


class Cash(NamedTuple):
    """What a fund has, in satang: on hand and at the bank, kept back of it, and what is left."""

    cash: int
    reserved: int
    available: int


_CASH = "SELECT cash, reserved, cash - reserved FROM fund_books WHERE fund_id = $1"
_SUMS = "SELECT coalesce(sum(debit), 0)::bigint AS debit, coalesce(sum(credit), 0)::bigint AS credit FROM "
_ALL = _SUMS + "ledger_months WHERE fund_id = $1 AND account = $2"
_UNTIL = _SUMS + "ledger_days WHERE fund_id = $1 AND account = $2 AND day <= $3"
_OF_LOAN = (
    _SUMS + "journal_lines WHERE loan_id = $4 AND fund_id = $1 AND account = $2 "
    "AND ($3::date IS NULL OR business_date <= $3)"
)
_OF_MEMBER = (
    _SUMS + "journal_lines WHERE member_id = $4 AND fund_id = $1 AND account = $2 "
    "AND ($3::date IS NULL OR business_date <= $3)"
)


async def cash(session: AsyncSession, fund_id: UUID) -> Cash:
    """Return a fund's money now; raises BooksNotFound."""
    row = await (await driver(session)).fetchrow(_CASH, fund_id)
    if row is None:
        raise BooksNotFound
    return Cash(*row)


async def balance(  # one question with three ways to narrow it
    session: AsyncSession,
    fund_id: UUID,
    account: rules.Account,
    *,
    on: date | None = None,
    loan_id: UUID | None = None,
    member_id: UUID | None = None,
) -> int:
    """Return an account's balance on its own side, in satang, at the end of a day or over all.

    With a loan or a member: of that part of the account. A fund without books has 0.
    """
    connection = await driver(session)
    if loan_id is not None:
        row = await connection.fetchrow(_OF_LOAN, fund_id, account.value, on, loan_id)
    elif member_id is not None:
        row = await connection.fetchrow(_OF_MEMBER, fund_id, account.value, on, member_id)
    elif on is None:
        row = await connection.fetchrow(_ALL, fund_id, account.value)
    else:
        row = await connection.fetchrow(_UNTIL, fund_id, account.value, on)
    assert row is not None  # noqa: S101  # an aggregate has one row
    return rules.balance(account, row["debit"], row["credit"])
