"""Cut-off sheets: recorded by one person, signed by another; an opening is booked when it is signed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.errors import ReversalByRecorder
from funds.ledger.rules import Account
from funds.members import queries as members
from funds.members.errors import UnknownFundMember
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from funds.savings import service as savings
from funds.savings import writing
from funds.savings.rules import Holding
from funds.savings.rules import Kind as Moved
from funds.savings.writing import Movement, Undone
from funds.savings_sheets import queries
from funds.savings_sheets.errors import (
    BooksDisagree,
    BooksNotEmpty,
    MemberTwice,
    OpeningBuiltUpon,
    OwnSheet,
    SavingsSheetEnded,
    SavingsSheetNotFound,
    SheetChanged,
    SheetEmpty,
    SheetNotReversible,
    SheetTotalDiffers,
)
from funds.savings_sheets.models import SavingsSheet
from funds.savings_sheets.rules import Kind, Row, State, opening, totals
from funds.savings_sheets.schemas import NewAnnualSheet, NewOpeningSheet, SheetReversal
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = SavingsSheet.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ROWS = """
INSERT INTO savings_sheet_rows (sheet_id, member_id, savings, shares)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[])
"""


async def record_opening(
    session: AsyncSession, *, fund_id: UUID, new: NewOpeningSheet, actor: Principal, now: datetime
) -> UUID:
    """Record a group's opening balances; they are booked when somebody else signs. Returns the sheet's id.

    Raises FundNotFound, FundNotActive, NotASavingsFund, DateInFuture, BooksNotEmpty, SheetTotalDiffers,
    SheetEmpty, MemberTwice, UnknownFundMember and, by its constraints, SavingsSheetExists.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(new.on_day, "/on_day", now=now)
    if await books.standing(session, fund.id) is not None:
        raise BooksNotEmpty
    rows = [Row(row.member_id, row.savings, row.shares) for row in new.rows]
    for name, said, found in zip(
        ("/total_savings", "/total_shares"), (new.total_savings, new.total_shares), totals(rows), strict=True
    ):
        if said != found:
            raise SheetTotalDiffers(pointer=name)
    balances = {"cash": new.cash, "bank": new.bank, "capital": new.capital}
    if not any((*balances.values(), *totals(rows))):
        raise SheetEmpty(pointer="/rows")
    await _members(session, fund, rows)
    facts = {"kind": Kind.OPENING.value, "on_day": new.on_day, "balances": orjson.dumps(balances).decode()}
    return await _record(session, fund, new.id or uuid7(), facts, rows, actor=actor, now=now)


async def record_annual(
    session: AsyncSession, *, fund_id: UUID, new: NewAnnualSheet, actor: Principal, now: datetime
) -> UUID:
    """Freeze everybody's balance at the end of a day as the books have it; returns the sheet's id.

    Raises FundNotFound, FundNotActive, NotASavingsFund, DateInFuture, BooksDisagree and, by its
    constraints, SavingsSheetExists.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(new.on_day, "/on_day", now=now)
    rows = await _as_booked(session, fund, new.on_day)
    number = await queries.last_number(session, fund.id)
    facts = {"kind": Kind.ANNUAL.value, "on_day": new.on_day, "balances": "{}", "journal_number": number}
    return await _record(session, fund, new.id or uuid7(), facts, rows, actor=actor, now=now)


async def sign(
    session: AsyncSession, *, fund_id: UUID, sheet_id: UUID, actor: Principal, now: datetime
) -> None:
    """Sign a sheet as another person than who recorded it; an opening is booked by it.

    Raises FundNotFound, FundNotActive, NotASavingsFund, SavingsSheetNotFound, SavingsSheetEnded, OwnSheet,
    BooksNotEmpty, SheetChanged, BooksDisagree, PeriodClosed.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    found = await _draft(session, fund, sheet_id)
    if found["recorded_by"] == actor.subject:
        raise OwnSheet
    rows = await queries.all_rows(session, sheet_id)
    values: dict[str, Any] = {}
    if found["kind"] == Kind.OPENING:
        values = await _opened(session, fund, found, rows, actor=actor, now=now)
    elif rows != await _as_booked(session, fund, found["on_day"]):
        raise SheetChanged
    await update_row(
        session,
        _TABLE,
        sheet_id,
        **values,
        state=State.SIGNED.value,
        signed_by=actor.subject,
        signed_at=now,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "sign", fund.id, sheet_id, actor=actor, now=now)


async def withdraw(
    session: AsyncSession, *, fund_id: UUID, sheet_id: UUID, actor: Principal, now: datetime
) -> None:
    """Take a sheet back that nobody has signed; raises what `sign` does of a sheet."""
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    found = await _draft(session, fund, sheet_id)
    version = found["version"] + 1
    await update_row(session, _TABLE, sheet_id, state=State.WITHDRAWN.value, version=version, updated_at=now)
    await _recorded(session, "withdraw", fund.id, sheet_id, actor=actor, now=now)


async def reverse(
    session: AsyncSession,
    *,
    fund_id: UUID,
    sheet_id: UUID,
    reversal: SheetReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Take back a sheet that was signed wrongly, as another person than who signed it.

    An opening is mirrored in the books on its own day, while nothing else stands in them; then another can be
    recorded. Raises FundNotFound, FundNotActive, NotASavingsFund, SavingsSheetNotFound, SheetNotReversible,
    OpeningBuiltUpon, ReversalByRecorder, PeriodClosed, OverCapital (money of it is kept back).
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    found = await _one(session, fund, sheet_id)
    if found["state"] != State.SIGNED:
        raise SheetNotReversible(state=found["state"])
    if found["signed_by"] == actor.subject:
        raise ReversalByRecorder
    opens = found["kind"] == Kind.OPENING
    day, journal_id = business_date(now), None
    if opens:
        day = found["on_day"]
        journal_id = await _unopened(session, fund, found, reason=reversal.reason, actor=actor, now=now)
    await update_row(
        session,
        _TABLE,
        sheet_id,
        state=State.REVERSED.value,
        reversed_on=day,
        reversed_by=actor.subject,
        reversal_reason=reversal.reason,
        reversal_journal_id=journal_id,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "reverse", fund.id, sheet_id, actor=actor, now=now)


async def _unopened(
    session: AsyncSession,
    fund: FundFacts,
    found: asyncpg.Record,
    *,
    reason: str,
    actor: Principal,
    now: datetime,
) -> UUID:
    """Take an opening out of books and balances, as if it had never been; returns the mirror's journal."""
    await ledger.lock(session, fund_id=fund.id)
    first = await books.standing(session, fund.id, beside=found["journal_id"])
    if first is not None or await queries.a_year_stands(session, fund.id):
        raise OpeningBuiltUpon(number=first)
    day = found["on_day"]
    mirrored = [
        Movement(uuid7(), row.member_id, Moved.OPENING, day, Holding(-row.savings, -row.shares))
        for row in await queries.all_rows(session, found["id"])
        if row.savings or row.shares
    ]
    await savings.take_back(session, fund, mirrored, day=day, now=now)
    about: dict[str, Any] = {"business_date": day, "memo": reason, "actor": actor, "now": now}
    posted = await ledger.reverse(session, fund_id=fund.id, journal_id=found["journal_id"], **about)
    undone = Undone(day, actor.subject, reason, posted.journal_id)
    await writing.reverse_of(session, fund.id, found["id"], undone)
    return posted.journal_id


async def _opened(
    session: AsyncSession,
    fund: FundFacts,
    found: asyncpg.Record,
    rows: Sequence[Row],
    *,
    actor: Principal,
    now: datetime,
) -> dict[str, Any]:
    """Book the opening entry and what members have; raises SheetChanged where one has left meanwhile."""
    ids = {row.member_id for row in rows}
    if ids != await members.present(session, fund.id, list(ids)):
        raise SheetChanged
    kept = found["balances"]
    balances = orjson.loads(kept) if isinstance(kept, str) else kept
    booked = opening(sheet_id=found["id"], on=found["on_day"], balances=balances, rows=rows)
    posted = await ledger.post(session, fund_id=fund.id, entry=booked, actor=actor, now=now)
    if await books.standing(session, fund.id, beside=posted.journal_id) is not None:
        raise BooksNotEmpty
    movements = [
        Movement(
            uuid7(),
            row.member_id,
            Moved.OPENING,
            found["on_day"],
            Holding(row.savings, row.shares),
            source_id=found["id"],
        )
        for row in rows
        if row.savings or row.shares
    ]
    await savings.book_as_one(session, fund, movements, posted, actor=actor, now=now)
    return {"journal_id": posted.journal_id, "journal_number": posted.number}


async def _as_booked(session: AsyncSession, fund: FundFacts, day: date) -> list[Row]:
    """Return what members had at the end of a day; raises BooksDisagree where the books say otherwise."""
    rows = await queries.balances_on(session, fund.id, on=day)
    for account, total in zip((Account.SAVINGS, Account.SHARES), totals(rows), strict=True):
        if await books.balance(session, fund.id, account, on=day) != total:
            raise BooksDisagree(account=account.value)
    return rows


async def _members(session: AsyncSession, fund: FundFacts, rows: Sequence[Row]) -> None:
    ids = [row.member_id for row in rows]
    seen: set[UUID] = set()
    for at, member_id in enumerate(ids):
        if member_id in seen:
            raise MemberTwice(pointer=f"/rows/{at}/member_id")
        seen.add(member_id)
    present = await members.present(session, fund.id, ids)
    strangers = [at for at, member_id in enumerate(ids) if member_id not in present]
    if strangers:
        where = [FieldError(f"/rows/{at}/member_id", UnknownFundMember.code) for at in strangers]
        raise UnknownFundMember(errors=where)


async def _record(
    session: AsyncSession,
    fund: FundFacts,
    sheet_id: UUID,
    facts: Mapping[str, Any],
    rows: Sequence[Row],
    *,
    actor: Principal,
    now: datetime,
) -> UUID:
    total_savings, total_shares = totals(rows)
    await insert_row(
        session,
        _TABLE,
        **facts,
        id=sheet_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        members=len(rows),
        savings=total_savings,
        shares=total_shares,
        recorded_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    columns = [[getattr(row, name) for row in rows] for name in ("member_id", "savings", "shares")]
    await (await driver(session)).execute(_ROWS, sheet_id, *columns)
    await _recorded(session, "record", fund.id, sheet_id, actor=actor, now=now)
    return sheet_id


async def _one(session: AsyncSession, fund: FundFacts, sheet_id: UUID) -> asyncpg.Record:
    found = await queries.one(session, fund.id, sheet_id)
    if found is None:
        raise SavingsSheetNotFound
    return found


async def _draft(session: AsyncSession, fund: FundFacts, sheet_id: UUID) -> asyncpg.Record:
    found = await _one(session, fund, sheet_id)
    if found["state"] != State.DRAFT:
        raise SavingsSheetEnded(state=found["state"])
    return found


async def _recorded(
    session: AsyncSession, verb: str, fund_id: UUID, made: UUID, *, actor: Principal, now: datetime
) -> None:
    action, subjects = f"savings_sheet.{verb}", [fund_id, made]
    await audit.record(session, principal=actor, action=action, subjects=subjects, now=now)
