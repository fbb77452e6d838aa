"""Interest and dividends: computed and proposed, then posted or rejected by somebody else."""

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.rules import summary
from funds.registry import service as registry
from funds.registry.errors import ReasonMissing
from funds.registry.rules import FundFacts
from funds.savings import queries as savings_queries
from funds.savings import rules as savings_rules
from funds.savings import service as savings
from funds.savings import writing
from funds.savings.rules import Holding
from funds.savings.schemas import MovementReversal
from funds.savings.writing import Movement, Undone
from funds.savings_distributions import queries
from funds.savings_distributions.errors import (
    DistributionAmount,
    DistributionDecided,
    DistributionExists,
    DistributionNotFound,
    DistributionNotPosted,
    DistributionStale,
    DividendOverSurplus,
    InterestRateMissing,
    NothingToShare,
    OwnDistribution,
    PeriodNotOver,
)
from funds.savings_distributions.models import SavingsDistribution
from funds.savings_distributions.rules import Kind, PaidAs, Part, State, entry, shared_out
from funds.savings_distributions.schemas import NewDistribution, NewDistributionDecision
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.money import baht
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = SavingsDistribution.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PARTS = """
INSERT INTO savings_distribution_parts (distribution_id, member_id, baht_days, amount)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[])
"""


async def propose(
    session: AsyncSession, *, fund_id: UUID, new: NewDistribution, actor: Principal, now: datetime
) -> UUID:
    """Compute everybody's part and propose it; returns the distribution's id.

    Raises FundNotFound, FundNotActive, NotASavingsFund, PeriodNotOver, DistributionAmount,
    DistributionExists where a day of the period is shared out already (and by its constraints),
    InterestRateMissing, NothingToShare, DividendOverSurplus.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    if new.period_to < new.period_from or new.period_to > business_date(now):
        raise PeriodNotOver(pointer="/period_to")
    if (new.kind is Kind.DIVIDEND) != (new.amount is not None):
        raise DistributionAmount(pointer="/amount")
    time = {"since": new.period_from, "until": new.period_to}
    if await queries.overlapping(session, fund.id, new.kind, **time):
        raise DistributionExists(pointer="/period_from")
    rate = await _rate(session, fund, new)
    held = await queries.held(session, fund.id, new.kind, **time)
    shares = shared_out(new.kind, held, rate=rate, amount=new.amount)
    total = sum(one.amount for one in shares)
    if total == 0:
        raise NothingToShare
    distribution_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id", "kind", "amount", "paid_as"}),
        id=distribution_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        kind=new.kind.value,
        paid_as=new.paid_as.value,
        annual_rate=None if rate is None else rates.to_column(rate),
        day_count=None if rate is None else "ACT/365",
        amount=total,
        proposed_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await (await driver(session)).execute(
        _PARTS,
        distribution_id,
        [one.member_id for one in shares],
        [one.days for one in shares],
        [one.amount for one in shares],
    )
    await _recorded(session, "propose", fund, distribution_id, actor=actor, now=now)
    return distribution_id


async def _rate(session: AsyncSession, fund: FundFacts, new: NewDistribution) -> Fraction | None:
    """Return the rate of interest that the group resolved; a dividend has none, and must be earned."""
    if new.amount is not None:
        await _earned(session, fund, new.amount)
        return None
    rate = (await savings_queries.rules(session, fund.id, on=new.period_to)).interest_rate
    if not rate:
        raise InterestRateMissing
    return rate


async def decide(
    session: AsyncSession,
    *,
    fund_id: UUID,
    distribution_id: UUID,
    new: NewDistributionDecision,
    actor: Principal,
    now: datetime,
) -> None:
    """Post or reject a distribution as another person than who proposed it.

    Raises FundNotFound, FundNotActive, NotASavingsFund, DistributionNotFound, DistributionDecided,
    OwnDistribution, ReasonMissing, DistributionStale, DividendOverSurplus, DateInFuture, PeriodNotOver,
    PeriodClosed, OverCapital.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    found = await queries.one(session, fund.id, distribution_id)
    if found is None:
        raise DistributionNotFound
    if found["state"] != State.PROPOSED:
        raise DistributionDecided(state=found["state"])
    if found["proposed_by"] == actor.subject:
        raise OwnDistribution
    if new.decision == "reject" and new.reason is None:
        raise ReasonMissing(pointer="/reason")
    values = {"decided_by": actor.subject, "decided_at": now, "reason": new.reason}
    if new.decision == "post":
        values |= await _post(session, fund, found, new, actor=actor, now=now)
    else:
        values["state"] = State.REJECTED.value
    await update_row(session, _TABLE, distribution_id, **values, version=found["version"] + 1, updated_at=now)
    await _recorded(session, new.decision, fund, distribution_id, actor=actor, now=now)


async def _post(
    session: AsyncSession,
    fund: FundFacts,
    found: asyncpg.Record,
    new: NewDistributionDecision,
    *,
    actor: Principal,
    now: datetime,
) -> dict[str, object]:
    day = new.posted_on or business_date(now)
    registry.not_in_future(day, "/posted_on", now=now)
    if day < found["period_to"]:
        raise PeriodNotOver(pointer="/posted_on")
    shares = await _still(session, fund, found)
    kind, paid_as = Kind(found["kind"]), PaidAs(found["paid_as"])
    if kind is Kind.DIVIDEND:
        await _earned(session, fund, found["amount"])
    booked = entry(
        distribution_id=found["id"],
        kind=kind,
        paid_as=paid_as,
        shares=shares,
        on=day,
        memo=found["resolution"],
    )
    posted = await ledger.post(session, fund_id=fund.id, entry=booked, actor=actor, now=now)
    if paid_as is PaidAs.SAVINGS:
        moved = savings_rules.Kind(kind.value)
        movements = [
            Movement(uuid7(), one.member_id, moved, day, Holding(one.amount), source_id=found["id"])
            for one in shares
            if one.amount
        ]
        await savings.book_as_one(session, fund, movements, posted, actor=actor, now=now)
    return {
        "state": State.POSTED.value,
        "posted_on": day,
        "journal_id": posted.journal_id,
        "journal_number": posted.number,
    }


async def reverse(
    session: AsyncSession,
    *,
    fund_id: UUID,
    distribution_id: UUID,
    reversal: MovementReversal,
    actor: Principal,
    now: datetime,
) -> None:
    """Book the mirror of interest or a dividend that was wrong, and take it out of members' savings again.

    By another person than who posted it. Raises FundNotFound, FundNotActive, NotASavingsFund,
    DistributionNotFound, DistributionNotPosted, NotEnoughSavings (a member has taken her part out),
    ReversalByRecorder, DateInFuture, PeriodClosed, EntryInFuture, OverCapital.
    """
    fund = await savings.require(session, fund_id, principal=actor, write=True)
    day = reversal.reversed_on or business_date(now)
    registry.not_in_future(day, "/reversed_on", now=now)
    found = await queries.one(session, fund.id, distribution_id)
    if found is None:
        raise DistributionNotFound
    if found["journal_id"] is None or found["reversed_on"] is not None:
        raise DistributionNotPosted
    if PaidAs(found["paid_as"]) is PaidAs.SAVINGS:
        await _take_back(session, fund, found, day=day, now=now)
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
    await writing.reverse_of(session, fund.id, distribution_id, undone)
    await update_row(
        session,
        _TABLE,
        distribution_id,
        reversed_on=day,
        reversed_by=actor.subject,
        reversal_reason=reversal.reason,
        reversal_journal_id=posted.journal_id,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _recorded(session, "reverse", fund, distribution_id, actor=actor, now=now)


async def _take_back(
    session: AsyncSession, fund: FundFacts, found: asyncpg.Record, *, day: date, now: datetime
) -> None:
    """Take everybody's part out of her savings again; raises NotEnoughSavings."""
    kind, parts = savings_rules.Kind(found["kind"]), await queries.kept(session, found["id"])
    mirrored = [
        Movement(uuid7(), member_id, kind, day, Holding(-amount))
        for member_id, (_, amount) in sorted(parts.items())
        if amount
    ]
    await savings.take_back(session, fund, mirrored, day=day, now=now)


async def _still(session: AsyncSession, fund: FundFacts, found: asyncpg.Record) -> Sequence[Part]:
    """Return the parts that were proposed; raises DistributionStale where they are others now."""
    kind = Kind(found["kind"])
    held = await queries.held(session, fund.id, kind, since=found["period_from"], until=found["period_to"])
    kept = await queries.kept(session, found["id"])
    if dict(held) != {member_id: days for member_id, (days, _) in kept.items()}:
        raise DistributionStale
    return [Part(member_id, days, amount) for member_id, (days, amount) in sorted(kept.items())]


async def _earned(session: AsyncSession, fund: FundFacts, amount: int) -> None:
    """Raise DividendOverSurplus for more than the group has earned: surplus and what is not closed yet."""
    figures = summary(await books.sums(session, fund.id))
    earned = figures.surplus + figures.result
    if amount > earned:
        raise DividendOverSurplus(f"กำไรสะสมมี {baht(earned)} บาท", f"The surplus is {baht(earned)}")


async def _recorded(
    session: AsyncSession, verb: str, fund: FundFacts, made: UUID, *, actor: Principal, now: datetime
) -> None:
    action, subjects = f"savings_distribution.{verb}", [fund.id, made]
    await audit.record(session, principal=actor, action=action, subjects=subjects, now=now)
