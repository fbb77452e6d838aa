"""A fund's books of a time, gathered for `documents.books`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.account_books import queries
from funds.account_books.errors import BooksTooLong, NotThisKind, PeriodTurned
from funds.account_books.queries import MAX_LINES, Span
from funds.committees import queries as committees
from funds.documents.books import (
    AccountBooks,
    DebtorLine,
    HandOver,
    JournalLine,
    PovertyBooks,
    TargetHousehold,
    TrialLine,
    VillageState,
)
from funds.documents.facts import FundFacts, Movement
from funds.documents.places import place
from funds.ledger import queries as ledger
from funds.ledger.chart import chart
from funds.ledger.rules import MONEY, Account, Sums
from funds.registry import service as registry
from funds.registry.rules import FundFacts as Registered
from funds.registry.rules import Kind
from shared import audit
from shared.clock import business_date
from shared.security import Principal

_ROLES: Final = {"chair": "ประธาน", "vice_chair": "รองประธาน", "secretary": "เลขานุการ", "treasurer": "เหรัญญิก"}


async def account_books(
    session: AsyncSession, *, fund_id: UUID, span: Span, principal: Principal, now: datetime
) -> AccountBooks:
    """Return the books of any fund; leaves an audit row.

    Raises FundNotFound, PeriodTurned, BooksTooLong.
    """
    fund = await _fund(session, fund_id, span, principal=principal, now=now)
    names = {code: account.name_th for code, account in chart().items()}
    money = tuple(account.value for account in MONEY)
    cash = await queries.money(session, fund_id, span, accounts=money)
    lines = await queries.journal_lines(session, fund_id, span)
    debtors = await queries.debtors(session, fund_id, span)
    _check_length(cash, lines, debtors)
    sums = await ledger.sums(session, fund_id, on=span.until)
    return AccountBooks(
        fund=_facts(fund),
        since=span.since,
        until=span.until,
        cash=_movements(cash),
        journal=[
            JournalLine(
                on=row["business_date"],
                number=row["number"],
                document=row["document_no"],
                account=row["account"],
                account_name=names.get(row["account"], ""),
                text=row["text"],
                debit=row["debit"],
                credit=row["credit"],
            )
            for row in lines
        ],
        trial=_trial(sums, names),
        debtors=_debtors(debtors),
    )


async def poverty_books(
    session: AsyncSession, *, fund_id: UUID, span: Span, principal: Principal, now: datetime
) -> PovertyBooks:
    """Return the four books of a poverty fund; leaves an audit row.

    Raises FundNotFound, NotThisKind, PeriodTurned, BooksTooLong.
    """
    fund = await _fund(session, fund_id, span, principal=principal, now=now)
    if fund.kind is not Kind.POVERTY:
        raise NotThisKind
    bank = await queries.money(session, fund_id, span, accounts=(Account.BANK.value,))
    debtors = await queries.debtors(session, fund_id, span)
    lent = await queries.households(session, fund_id, span)
    _check_length(bank, debtors, lent)
    handed = await queries.handovers(session, fund_id, span)
    return PovertyBooks(
        fund=_facts(fund),
        since=span.since,
        until=span.until,
        state=await _state(session, fund, on=min(span.until, business_date(now))),
        handovers=[
            HandOver(
                on=row["handed_on"],
                **{
                    name: row[name] for name in ("from_whom", "to_whom", "cash", "bank", "debtors", "remarks")
                },
            )
            for row in handed
        ],
        households=[
            TargetHousehold(
                name=row["name"],
                contract_no=row["contract_no"],
                lent_on=row["lent_on"],
                purpose=row["purpose"],
                lent=row["disbursed"],
                due_on=row["due_on"],
                repaid=row["disbursed"] - row["owed"],
            )
            for row in lent
        ],
        bank=_movements(bank),
        debtors=_debtors(debtors),
    )


async def _fund(
    session: AsyncSession, fund_id: UUID, span: Span, *, principal: Principal, now: datetime
) -> Registered:
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    if span.until < span.since:
        raise PeriodTurned(pointer="?until")
    detail = {"since": span.since.isoformat(), "until": span.until.isoformat()}
    await audit.record(
        session, principal=principal, action="fund_books.export", subjects=[fund_id], now=now, detail=detail
    )
    return fund


def _check_length(*parts: Sequence[asyncpg.Record]) -> None:
    if any(len(part) > MAX_LINES for part in parts):
        raise BooksTooLong(pointer="?since")


def _facts(fund: Registered) -> FundFacts:
    return FundFacts(name=fund.name_th, place=place(fund.area_code))


async def _state(session: AsyncSession, fund: Registered, *, on: date) -> VillageState:
    sums = await ledger.sums(session, fund.id, on=on)
    counted = await queries.state(session, fund.id, area_code=fund.area_code, on=on)
    in_office = await committees.in_office(session, fund.id, on=on)

    def owned(account: Account) -> int:
        both = sums.get(account.value, Sums())
        return both.debit - both.credit

    return VillageState(
        on=on,
        capital=-owned(Account.CAPITAL),
        cash=owned(Account.CASH),
        bank=owned(Account.BANK),
        debtors=owned(Account.LOANS),
        overdue=counted["overdue"],
        target_households=counted["targets"],
        borrowing_households=counted["borrowing"],
        committee=[f"{one['display_name']} {_ROLES.get(one['role'], 'กรรมการ')}" for one in in_office],
    )


def _movements(rows: Sequence[asyncpg.Record]) -> list[Movement]:
    return [
        Movement(
            on=row["business_date"],
            document=row["document_no"],
            text=row["text"],
            paid_in=row["debit"],
            paid_out=row["credit"],
            balance=row["balance"],
        )
        for row in rows
    ]


def _debtors(rows: Sequence[asyncpg.Record]) -> list[DebtorLine]:
    return [
        DebtorLine(
            name=row["name"],
            contract_no=row["contract_no"],
            on=row["business_date"],
            document=row["document_no"],
            text=row["text"],
            lent=row["debit"],
            repaid=row["credit"],
            balance=row["balance"],
        )
        for row in rows
    ]


def _trial(sums: dict[str, Sums], names: dict[str, str]) -> list[TrialLine]:
    lines = []
    for code in sorted(sums):
        balance = sums[code].debit - sums[code].credit
        if balance:
            debit, credit = max(balance, 0), max(-balance, 0)
            lines.append(
                TrialLine(account=code, account_name=names.get(code, ""), debit=debit, credit=credit)
            )
    return lines
