"""Facts of a savings group's papers, and what becomes of a collection sheet that comes back."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import reading
from funds.book_imports.workbook import Sheet
from funds.collection_sheets import service as collection_sheets
from funds.collection_sheets.errors import NoCollectionTable, NothingCollected, SheetNotFilled
from funds.committees import queries as committees
from funds.documents.collection import Collected, CollectionFacts
from funds.documents.facts import FundFacts
from funds.documents.passbook import PassBookFacts, PassBookLine
from funds.documents.places import place
from funds.documents.words import day
from funds.registry.rules import FundFacts as Registered
from funds.savings import queries as savings_queries
from funds.savings import service as savings
from funds.savings import showing
from funds.savings.errors import SavingsAccountNotFound
from funds.savings.judging import Outcome
from funds.savings.rules import Kind, month_of
from funds.savings.schemas import NewDeposit, NewDeposits
from funds.savings_papers import queries
from funds.savings_papers.rules import item_id, read
from funds.savings_papers.schemas import FilledSheet
from shared import audit
from shared.clock import business_date
from shared.errors import FieldError
from shared.security import Principal

_TEXTS = {
    Kind.OPENING: "ยอดยกมา",
    Kind.DEPOSIT: "ฝาก",
    Kind.WITHDRAWAL: "ถอน",
    Kind.INTEREST: "ดอกเบี้ย",
    Kind.DIVIDEND: "เงินปันผล",
}
_PLACES = 100
"""So many places of a sheet are told at once."""


async def pass_book(
    session: AsyncSession,
    *,
    fund_id: UUID,
    member_id: UUID,
    since: date | None,
    until: date | None,
    principal: Principal,
    now: datetime,
) -> PassBookFacts:
    """Return the facts of a member's pass book of a time; leaves an audit row.

    Raises FundNotFound, NotASavingsFund, SavingsAccountNotFound.
    """
    fund = await savings.require(session, fund_id, principal=principal)
    today = business_date(now)
    who = await savings_queries.account(session, fund.id, member_id, on=today)
    if who is None:
        raise SavingsAccountNotFound
    last = until or today
    rows = await savings_queries.statement(session, member_id, until=last)
    told = showing.statement(who, rows, since=since)
    await _seen(session, "passbook", [fund.id, member_id], principal=principal, now=now)
    return PassBookFacts(
        fund=await _fund(session, fund, on=today),
        holder=who["name"],
        member_no=who["member_no"],
        pledge=who["pledge"],
        since=since,
        until=last,
        opening_savings=told.opening_savings,
        opening_shares=told.opening_shares,
        lines=[
            PassBookLine(
                on=one.moved_on,
                document=one.document_no or "",
                text=_TEXTS[one.kind],
                savings=one.savings,
                savings_after=one.savings_after,
                shares=one.shares,
                shares_after=one.shares_after,
            )
            for one in told.lines
        ],
        closing_savings=told.closing_savings,
        closing_shares=told.closing_shares,
        made_on=today,
    )


async def collection(
    session: AsyncSession, *, fund_id: UUID, month: str, principal: Principal, now: datetime
) -> CollectionFacts:
    """Return the facts of a month's collection sheets, of members and of loans; leaves an audit row.

    Raises FundNotFound, NotASavingsFund.
    """
    fund = await savings.require(session, fund_id, principal=principal)
    first = month_of(month)
    until = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    people = await queries.collected(session, fund.id, month=first, until=until)
    await _seen(session, "collection", [fund.id], principal=principal, now=now)
    return CollectionFacts(
        month=day(first).partition(" ")[2],
        members=[Collected(**one) for one in people],
        lent=await collection_sheets.owed(session, fund, until=until),
    )


async def collect(
    session: AsyncSession, *, fund_id: UUID, filled: FilledSheet, actor: Principal, now: datetime
) -> tuple[list[Outcome], int]:
    """Record what a filled collection sheet says of savings and shares; returns that, and the sum of loans.

    Its items have ids of their own, so that the same sheet sent again records nothing twice. Raises
    UnreadableBook, CitizenIdsInBook, NoCollectionTable, SheetNotFilled, NothingCollected and what
    `savings.deposit` does.
    """
    await savings.require(session, fund_id, principal=actor)  # locked when all of it is read
    sheets = await asyncio.to_thread(_opened, filled.file.file)
    known = await queries.numbered(session, fund_id)
    found = next(filter(None, (read(sheet, known) for sheet in sheets)), None)
    if found is None:
        raise NoCollectionTable(pointer="/file")
    brought, wrong = found
    if wrong:
        places = (FieldError(f"/file/{one.place}", one.code, one.th, one.en) for one in wrong[:_PLACES])
        raise SheetNotFilled(errors=list(places))
    items = [
        NewDeposit.model_construct(
            id=item_id(fund_id, filled.document_no, one.member_id),
            member_id=one.member_id,
            savings=one.savings,
            shares=one.shares,
        )
        for one in brought
        if one.savings or one.shares
    ]
    if not items:
        raise NothingCollected(pointer="/file")
    facts = {name: getattr(filled, name) for name in ("month", "paid_on", "held_as", "document_no")}
    new = NewDeposits.model_construct(**facts, items=items)
    outcomes = await savings.deposit(session, fund_id=fund_id, new=new, actor=actor, now=now)
    return outcomes, sum(one.loan for one in brought)


def _opened(file: BinaryIO) -> Sequence[Sheet]:
    """Return the sheets of a workbook that holds no citizen id."""
    sheets = reading.opened(file)
    reading.refuse_citizen_ids(sheets)
    return sheets


async def _fund(session: AsyncSession, fund: Registered, *, on: date) -> FundFacts:
    """Return the group as its papers name it, signed by its treasurer."""
    committee = await committees.in_office(session, fund.id, on=on)
    treasurers = [one["display_name"] for one in committee if one["role"] == "treasurer"]
    signer = next(iter(treasurers), "")
    return FundFacts(
        name=fund.name_th, place=place(fund.area_code), signer=signer, signer_role="เหรัญญิกกลุ่มออมทรัพย์"
    )


async def _seen(
    session: AsyncSession, what: str, subjects: list[UUID], *, principal: Principal, now: datetime
) -> None:
    action = f"savings_paper.{what}"
    await audit.record(session, principal=principal, action=action, subjects=subjects, now=now)
