"""Funds registered, corrected, suspended and closed; and the one way others ask for a fund."""

from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.rules import Account
from funds.registry import queries
from funds.registry.errors import (
    DateInFuture,
    FundAreaNotYours,
    FundNotActive,
    FundNotEmpty,
    FundNotFound,
    NotFromAbove,
    UnknownTambon,
    WrongAreaLevel,
    WrongStateStep,
)
from funds.registry.events import FundRegistered
from funds.registry.models import Fund
from funds.registry.rules import DISTRICT, TAMBON, FundFacts, Kind, State, area_fits, may_become
from funds.registry.schemas import FundChange, NewFund, StateChange
from shared import audit, etags, outbox
from shared.areas import catalogue, covers
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal
from shared.thai import name_key

_TABLE = Fund.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def require(
    session: AsyncSession, fund_id: UUID, *, principal: Principal, active: bool = True
) -> FundFacts:
    """Return a fund of the caller's areas.

    Raises FundNotFound and, unless `active` is False, FundNotActive for one suspended or closed.
    """
    return await _facts(session, fund_id, principal=principal, active=active, lock=False)


async def lock(
    session: AsyncSession, fund_id: UUID, *, principal: Principal, active: bool = True
) -> FundFacts:
    """Return a fund like `require`, and let nobody else change its committee or members meanwhile."""
    return await _facts(session, fund_id, principal=principal, active=active, lock=True)


async def from_above(session: AsyncSession, fund_id: UUID, area_code: str, *, actor: Principal) -> None:
    """Raise NotFromAbove unless the caller oversees a fund of that area: has its district whole, or more.

    What is said of a fund's state is not said by the fund: neither by who has only its village or tambon,
    nor by who sits on its committee or ever did.
    """
    district = area_code[:DISTRICT]
    if not covers(actor.areas, district):
        raise NotFromAbove(
            f"ต้องมีสิทธิ์ทั้งอำเภอ {district} หรือกว้างกว่า ให้สำนักงานพัฒนาชุมชนอำเภอดำเนินการ",
            f"It needs the whole district {district} or more: let the district office do it",
            district=district,
        )
    if await queries.sat_on(session, fund_id, subject=actor.subject):
        raise NotFromAbove(
            "ท่านเป็นหรือเคยเป็นกรรมการกองทุนนี้ ให้เจ้าหน้าที่คนอื่นดำเนินการ",
            "You sit or sat on its committee: let another officer do it",
            district=district,
        )


async def register(session: AsyncSession, *, new: NewFund, actor: Principal, now: datetime) -> UUID:
    """Register a fund and open its books; returns its id.

    Raises WrongAreaLevel, FundAreaNotYours, UnknownTambon, DateInFuture and, by its constraints, FundExists.
    """
    today = business_date(now)
    if not area_fits(new.kind, new.area_code):
        raise WrongAreaLevel(pointer="/area_code")
    if not covers(actor.areas, new.area_code):
        raise FundAreaNotYours(pointer="/area_code")
    if new.area_code[:TAMBON] not in _tambons():
        raise UnknownTambon(pointer="/area_code")
    not_in_future(new.founded_on, "/founded_on", now=now)
    fund_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id", "kind"}),
        id=fund_id,
        kind=new.kind.value,
        name_key=name_key(new.name_th),
        state=State.ACTIVE.value,
        state_since=new.founded_on or today,
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await ledger.open_books(session, fund_id=fund_id, kind=new.kind.value, area_code=new.area_code, now=now)
    fact = FundRegistered(fund_id=fund_id, kind=new.kind, area_code=new.area_code, founded_on=new.founded_on)
    await outbox.add(session, fact, subject=fund_id, sequence=1, now=now)
    await audit.record(session, principal=actor, action="fund.register", subjects=[fund_id], now=now)
    return fund_id


async def change(
    session: AsyncSession,
    *,
    fund_id: UUID,
    patch: FundChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a fund's name or day of founding; raises FundNotFound, StaleVersion, DateInFuture."""
    fund = await lock(session, fund_id, principal=actor, active=False)
    etags.check(if_match, fund.version)
    values = patch.model_dump(exclude_unset=True)
    not_in_future(values.get("founded_on"), "/founded_on", now=now)
    if "name_th" in values:
        values["name_key"] = name_key(values["name_th"])
    await update_row(session, _TABLE, fund_id, **values, version=fund.version + 1, updated_at=now)
    detail = {"fields": sorted(patch.model_fields_set)}
    await audit.record(
        session, principal=actor, action="fund.change", subjects=[fund_id], now=now, detail=detail
    )


async def set_state(
    session: AsyncSession, *, fund_id: UUID, change: StateChange, actor: Principal, now: datetime
) -> None:
    """Suspend, resume or close a fund, from above.

    Raises FundNotFound, NotFromAbove, WrongStateStep, FundNotEmpty.
    """
    fund = await lock(session, fund_id, principal=actor, active=False)
    await from_above(session, fund_id, fund.area_code, actor=actor)
    if not may_become(fund.state, change.state):
        raise WrongStateStep(pointer="/state")
    if change.state is State.CLOSED:
        await ledger.lock(session, fund_id=fund_id)  # what comes in at this moment is seen
        if not await _empty(session, fund_id):
            raise FundNotEmpty
    await update_row(
        session,
        _TABLE,
        fund_id,
        state=change.state.value,
        state_since=business_date(now),
        state_reason=change.reason,
        version=fund.version + 1,
        updated_at=now,
    )
    detail = {"from": fund.state.value, "to": change.state.value}
    await audit.record(
        session, principal=actor, action="fund.state", subjects=[fund_id], now=now, detail=detail
    )


def not_in_future(day: date | None, pointer: str, *, now: datetime) -> None:
    """Raise DateInFuture for a day after the business day."""
    if day is not None and day > business_date(now):
        raise DateInFuture(pointer=pointer)


async def _empty(session: AsyncSession, fund_id: UUID) -> bool:
    """Tell whether nothing is left: no money, no loans outstanding, nothing of borrowers or members."""
    money = await books.cash(session, fund_id)
    left = [
        await books.balance(session, fund_id, account)
        for account in (Account.LOANS, Account.ADVANCES, Account.SAVINGS, Account.SHARES)
    ]
    return money.cash == 0 and not any(left)


async def _facts(
    session: AsyncSession, fund_id: UUID, *, principal: Principal, active: bool, lock: bool
) -> FundFacts:
    row = await queries.fund(session, fund_id, areas=principal.areas, lock=lock)
    if row is None:
        raise FundNotFound
    facts = FundFacts(
        id=row["id"],
        kind=Kind(row["kind"]),
        area_code=row["area_code"],
        state=State(row["state"]),
        version=row["version"],
        name_th=row["name_th"],
    )
    if active and not facts.active:
        raise FundNotActive(state=facts.state.value)
    return facts


@cache
def _tambons() -> frozenset[str]:
    """Return the codes of all tambons, former ones too: old funds stand in them."""
    return frozenset(area.code for area in catalogue() if len(area.code) == TAMBON)
