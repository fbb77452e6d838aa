"""Capital booked, and reversed where it was booked wrongly."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.capital import queries
from funds.capital.errors import CapitalNotFound, CapitalReversed
from funds.capital.models import FundCapital
from funds.capital.rules import entry
from funds.capital.schemas import CapitalReversal, NewCapital
from funds.ledger import service as ledger
from funds.registry import service as registry
from shared import audit
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = FundCapital.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def contribute(
    session: AsyncSession, *, fund_id: UUID, new: NewCapital, actor: Principal, now: datetime
) -> UUID:
    """Book a contribution; returns its id.

    Raises FundNotFound, FundNotActive, DateInFuture, PeriodClosed and, by its constraints,
    CapitalDocumentUsed, CapitalExists.
    """
    fund = await registry.lock(session, fund_id, principal=actor)  # it is not closed meanwhile
    registry.not_in_future(new.contributed_on, "/contributed_on", now=now)
    capital_id = new.id or uuid7()
    posted = await ledger.post(
        session,
        fund_id=fund_id,
        entry=entry(
            capital_id=capital_id,
            amount=new.amount,
            held_as=new.held_as,
            on=new.contributed_on,
            document_no=new.document_no,
            memo=new.note,
        ),
        actor=actor,
        now=now,
    )
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id", "origin", "held_as"}),
        id=capital_id,
        origin=new.origin.value,
        held_as=new.held_as.value,
        fund_id=fund_id,
        area_code=fund.area_code,
        journal_id=posted.journal_id,
        journal_number=posted.number,
        recorded_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_capital.book", subjects=[fund_id, capital_id], now=now
    )
    return capital_id


async def reverse(
    session: AsyncSession,
    *,
    fund_id: UUID,
    capital_id: UUID,
    reversal: CapitalReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Take a wrongly booked contribution out of the books again.

    Raises FundNotFound, FundNotActive, CapitalNotFound, CapitalReversed, DateInFuture, ReversalByRecorder,
    PeriodClosed, and OverCapital when the money was lent meanwhile.
    """
    await registry.require(session, fund_id, principal=actor)
    registry.not_in_future(reversal.reversed_on, "/reversed_on", now=now)
    found = await queries.one(session, fund_id=fund_id, capital_id=capital_id, lock=True)
    if found is None:
        raise CapitalNotFound
    if found["reversed_on"] is not None:
        raise CapitalReversed
    day = reversal.reversed_on or business_date(now)
    posted = await ledger.reverse(
        session,
        fund_id=fund_id,
        journal_id=found["journal_id"],
        business_date=day,
        memo=reversal.reason,
        actor=actor,
        now=now,
    )
    await update_row(
        session,
        _TABLE,
        capital_id,
        reversed_on=day,
        reversed_by=actor.subject,
        reversal_reason=reversal.reason,
        reversal_journal_id=posted.journal_id,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_capital.reverse", subjects=[fund_id, capital_id], now=now
    )
