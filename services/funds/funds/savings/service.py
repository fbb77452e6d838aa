"""Members' savings: rules resolved, pledges, sheets of deposits, withdrawals, reversals.

Every write holds the fund's lock, so that balances, documents and limits are what they are read as; the
fund's books are locked last, by the ledger.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.ledger import service as ledger
from funds.ledger.chart import chart
from funds.ledger.rules import Account
from funds.ledger.service import Posted
from funds.members import queries as members
from funds.members.errors import UnknownFundMember
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from funds.savings import queries, writing
from funds.savings.errors import (
    BY_FAULT,
    MovementNotReversible,
    MovementReversed,
    NotASavingsFund,
    NotEnoughSavings,
    PledgeOutside,
    SavingsMovementNotFound,
)
from funds.savings.judging import Outcome, judged
from funds.savings.models import SavingsPledge, SavingsRule
from funds.savings.rules import (
    UNRESOLVED,
    Fault,
    Holding,
    Kind,
    entry,
    explained,
    first_of,
    month_of,
    withdrawal_fault,
)
from funds.savings.schemas import (
    MovementReversal,
    NewDeposits,
    NewPledge,
    NewSavingsRules,
    NewWithdrawal,
)
from funds.savings.writing import Movement, Undone
from shared import audit
from shared.clock import business_date
from shared.ids import uuid7
from shared.money import baht
from shared.rows import insert_row
from shared.security import Principal

_RULES = SavingsRule.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PLEDGES = SavingsPledge.__table__  # type: ignore[attr-defined]  # likewise


class Opening(NamedTuple):
    """The opening journal of a fund's books, its day, and the import or sheet it comes of."""

    posted: Posted
    on: date
    source_id: UUID


async def require(
    session: AsyncSession, fund_id: UUID, *, principal: Principal, write: bool = False
) -> FundFacts:
    """Return a fund that keeps members' savings, locked and active for a write.

    Raises FundNotFound, FundNotActive, NotASavingsFund.
    """
    if write:
        fund = await registry.lock(session, fund_id, principal=principal)
    else:
        fund = await registry.require(session, fund_id, principal=principal, active=False)
    if Account.SAVINGS.value not in chart(fund.kind.value):
        raise NotASavingsFund
    return fund


async def resolve(
    session: AsyncSession, *, fund_id: UUID, new: NewSavingsRules, actor: Principal, now: datetime
) -> None:
    """Store what a group resolved; raises what `require` does and, by its constraint, SavingsRuleExists."""
    fund = await require(session, fund_id, principal=actor, write=True)
    if new.max_pledge is not None and new.max_pledge < new.min_pledge:
        raise PledgeOutside(pointer="/max_pledge")
    values = new.model_dump(exclude={"interest_rate"})
    await insert_row(
        session,
        _RULES,
        **values,
        interest_rate=rates.to_column(new.interest_rate),
        day_count="ACT/365",
        fund_id=fund.id,
        area_code=fund.area_code,
        created_by=actor.subject,
        created_at=now,
    )
    await _recorded(session, "resolve", [fund.id], actor=actor, now=now)


async def pledge(
    session: AsyncSession, *, fund_id: UUID, new: NewPledge, actor: Principal, now: datetime
) -> UUID:
    """Store what a member promises; returns the pledge's id.

    Raises what `require` does, UnknownFundMember, PledgeOutside and, by its constraints, PledgeExists.
    """
    fund = await require(session, fund_id, principal=actor, write=True)
    if new.member_id not in await members.present(session, fund.id, [new.member_id]):
        raise UnknownFundMember(pointer="/member_id")
    month = month_of(new.month_from)
    resolved = await queries.rules(session, fund.id, on=month)
    too_much = resolved.max_pledge is not None and new.amount > resolved.max_pledge
    if new.amount and (new.amount < resolved.min_pledge or too_much):
        most = "" if resolved.max_pledge is None else baht(resolved.max_pledge)
        least = baht(resolved.min_pledge)
        raise PledgeOutside(f"เดือนละ {least}–{most} บาท", f"{least} to {most} a month", pointer="/amount")
    pledge_id = new.id or uuid7()
    await insert_row(
        session,
        _PLEDGES,
        id=pledge_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        member_id=new.member_id,
        month_from=month,
        amount=new.amount,
        recorded_by=actor.subject,
        created_at=now,
    )
    await _recorded(session, "pledge", [fund.id, new.member_id], actor=actor, now=now)
    return pledge_id


async def deposit(
    session: AsyncSession, *, fund_id: UUID, new: NewDeposits, actor: Principal, now: datetime
) -> list[Outcome]:
    """Record a sheet of deposits, each with a journal of its own; a refused one loses no other.

    Raises for the whole sheet what `require` does, DateInFuture, PeriodClosed.
    """
    fund = await require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(new.paid_on, "/paid_on", now=now)
    outcomes = await judged(session, fund, new)
    taken = [outcome.item for outcome in outcomes if outcome.recorded]
    movements = [
        Movement(
            id=item.id,
            member_id=item.member_id,
            kind=Kind.DEPOSIT,
            moved_on=new.paid_on,
            moved=Holding(item.savings, item.shares),
            held_as=new.held_as,
            document_no=new.document_no,
            month=month_of(new.month),
        )
        for item in taken
    ]
    if movements:
        await book(session, fund, movements, actor=actor, now=now)
        await _recorded(session, "deposit", [fund.id], actor=actor, now=now, detail={"items": len(taken)})
    return outcomes


async def withdraw(
    session: AsyncSession, *, fund_id: UUID, new: NewWithdrawal, actor: Principal, now: datetime
) -> UUID:
    """Pay savings or shares out; returns the movement's id. Who has left takes all that there is.

    Raises what `require` does, DateInFuture, UnknownFundMember, what the group's rules forbid
    (`errors.BY_FAULT`), OverCapital, PeriodClosed and, by constraints, SavingsDocumentUsed,
    SavingsMovementExists.
    """
    fund = await require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(new.paid_on, "/paid_on", now=now)
    who = await members.one(session, fund.id, new.member_id)
    if who is None or (who["state"] != "active" and not new.closing):
        raise UnknownFundMember(pointer="/member_id")
    await _may_take(session, fund, new)
    movement = Movement(
        id=new.id or uuid7(),
        member_id=new.member_id,
        kind=Kind.WITHDRAWAL,
        moved_on=new.paid_on,
        moved=Holding(-new.savings, -new.shares),
        held_as=new.held_as,
        document_no=new.document_no,
    )
    await book(session, fund, [movement], actor=actor, now=now)
    await _recorded(session, "withdraw", [fund.id, new.member_id], actor=actor, now=now)
    return movement.id


async def _may_take(session: AsyncSession, fund: FundFacts, new: NewWithdrawal) -> None:
    """Raise what the group's rules forbid, and what was not there for the day on which it is paid."""
    held = (await queries.holdings(session, fund.id, [new.member_id])).get(new.member_id, Holding())
    resolved = await queries.rules(session, fund.id, on=new.paid_on)
    before = await queries.withdrawn(session, new.member_id, month=first_of(new.paid_on))
    moved = Holding(new.savings, new.shares)
    fault = withdrawal_fault(held, moved, resolved, before=before, closing=new.closing)
    if fault is None:
        held = (await queries.least(session, [new.member_id], since=new.paid_on))[new.member_id]
        short = moved.savings > held.savings or moved.shares > held.shares
        fault = Fault.NOT_ENOUGH if short else None
    if fault is not None:
        figures = explained(fault, held, resolved, before=before)
        raise BY_FAULT[fault](*figures, pointer="/savings" if new.savings else "/shares")


async def reverse(
    session: AsyncSession,
    *,
    fund_id: UUID,
    movement_id: UUID,
    reversal: MovementReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Book the mirror of a deposit or withdrawal that was wrong.

    Raises what `require` does, SavingsMovementNotFound, MovementReversed, MovementNotReversible,
    NotEnoughSavings (it was withdrawn meanwhile), DateInFuture, PeriodClosed, OverCapital.
    """
    fund = await require(session, fund_id, principal=actor, write=True)
    registry.not_in_future(reversal.reversed_on, "/reversed_on", now=now)
    found = await queries.movement(session, fund.id, movement_id)
    if found is None:
        raise SavingsMovementNotFound
    if found["reversed_on"] is not None:
        raise MovementReversed
    if found["kind"] not in (Kind.DEPOSIT, Kind.WITHDRAWAL):
        raise MovementNotReversible
    day = reversal.reversed_on or business_date(now)
    back = Holding(-found["savings"], -found["shares"])
    mirrored = Movement(movement_id, found["member_id"], Kind(found["kind"]), day, back)
    await take_back(session, fund, [mirrored], day=day, now=now)
    posted = await ledger.reverse(
        session,
        fund_id=fund.id,
        journal_id=found["journal_id"],
        business_date=day,
        memo=reversal.reason,
        actor=actor,
        now=now,
    )
    undone = Undone(day, actor.subject, reversal.reason, posted.journal_id)
    await writing.reverse(session, movement_id, undone)
    await _recorded(session, "reverse", [fund.id, found["member_id"]], actor=actor, now=now)


async def take_back(
    session: AsyncSession, fund: FundFacts, mirrored: Sequence[Movement], *, day: date, now: datetime
) -> None:
    """Take out of balances again what was booked wrongly; raises NotEnoughSavings where it is gone."""
    left = await queries.least(session, [one.member_id for one in mirrored], since=day)
    for one in mirrored:
        held = left[one.member_id]
        if held.savings + one.moved.savings < 0 or held.shares + one.moved.shares < 0:
            raise NotEnoughSavings(*explained(Fault.NOT_ENOUGH, held, UNRESOLVED))
    await writing.move(session, fund, mirrored, now=now)


async def book(
    session: AsyncSession,
    fund: FundFacts,
    movements: Sequence[Movement],
    *,
    actor: Principal,
    now: datetime,
) -> list[Posted]:
    """Book deposits and withdrawals: balances, a journal each, the movements; the books are locked last."""
    await writing.move(session, fund, movements, now=now)
    entries = [
        entry(
            movement_id=one.id,
            member_id=one.member_id,
            moved=one.moved,
            held_as=one.held_as,
            on=one.moved_on,
            document_no=one.document_no,
        )
        for one in movements
        if one.held_as is not None
    ]
    posted = await ledger.post_many(session, fund_id=fund.id, entries=entries, actor=actor, now=now)
    await writing.record(session, fund, movements, posted, recorded_by=actor.subject, now=now)
    return posted


async def book_as_one(
    session: AsyncSession,
    fund: FundFacts,
    movements: Sequence[Movement],
    posted: Posted,
    *,
    actor: Principal,
    now: datetime,
) -> None:
    """Keep movements that one journal has booked together: an opening, a distribution."""
    if movements:
        await writing.move(session, fund, movements, now=now)
        same = [posted] * len(movements)
        await writing.record(session, fund, movements, same, recorded_by=actor.subject, now=now)


async def open_from_book(
    session: AsyncSession,
    fund: FundFacts,
    held: Mapping[UUID, Holding],
    pledged: Mapping[UUID, int],
    *,
    opening: Opening,
    actor: Principal,
    now: datetime,
) -> None:
    """Keep what members had and had promised in the books before, which the opening journal has booked."""
    movements = [
        Movement(uuid7(), member_id, Kind.OPENING, opening.on, holding, source_id=opening.source_id)
        for member_id, holding in held.items()
        if holding.savings or holding.shares
    ]
    await book_as_one(session, fund, movements, opening.posted, actor=actor, now=now)
    promised = {member_id: amount for member_id, amount in pledged.items() if amount}
    month = first_of(opening.on)
    await writing.pledge(session, fund, promised, month=month, recorded_by=actor.subject, now=now)


async def movement(session: AsyncSession, fund_id: UUID, movement_id: UUID) -> asyncpg.Record:
    """Return a movement; raises SavingsMovementNotFound."""
    found = await queries.movement(session, fund_id, movement_id)
    if found is None:
        raise SavingsMovementNotFound
    return found


async def _recorded(
    session: AsyncSession,
    verb: str,
    subjects: Sequence[UUID],
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session, principal=actor, action=f"savings.{verb}", subjects=subjects, now=now, detail=detail
    )
