"""Grants paid out of approvals, their use shown and confirmed, what is left returned, mistakes reversed.

Lock order: the application, the grant, the fund, its books last (`ledger.service`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries as application_queries
from funds.applications import service as applications
from funds.applications.rules import Approved
from funds.attachments import Attachment
from funds.grants import queries
from funds.grants.errors import (
    GrantAccountedFor,
    GrantNotFound,
    GrantUseNotFound,
    MoreThanGranted,
    NotAReturn,
    OwnGrant,
    PaidBeforeApproval,
    UsedBeforePaid,
    UseNotShown,
    WrongGrantState,
)
from funds.grants.events import GrantPaid, GrantReversed
from funds.grants.models import Grant, GrantUse
from funds.grants.rules import Accounted, State, UseKind, payment, use_by
from funds.grants.schemas import NewGrant, NewReturn, NewUse
from funds.ledger import service as ledger
from funds.loans.rules import band
from funds.products.rules import BorrowerKind
from funds.registry import service as registry
from shared import audit, etags, outbox
from shared.clock import business_date
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = Grant.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_USES = GrantUse.__table__  # type: ignore[attr-defined]  # likewise


async def pay(session: AsyncSession, *, new: NewGrant, actor: Principal, now: datetime) -> UUID:
    """Pay an approved grant out, whole; returns its id.

    Raises ApplicationNotFound, ApplicationNotApproved, WrongCategory, BorrowerLeft, GroupTooSmall,
    FundNotActive, DateInFuture, PaidBeforeApproval, OverCapital, PeriodClosed and, by its constraints,
    GrantExists, GrantNumberTaken.
    """
    taken = await applications.take_up(
        session, application_id=new.application_id, actor=actor, now=now, grant=True
    )
    today = business_date(now)
    registry.not_in_future(new.paid_on, "/paid_on", now=now)
    paid_on = new.paid_on or today
    if paid_on < taken.approved_on:
        raise PaidBeforeApproval(pointer="/paid_on", approved_on=taken.approved_on.isoformat())
    fund = await registry.lock(session, taken.fund_id, principal=actor)
    number = new.grant_no or await queries.next_number(session, fund.id)
    grant_id = new.id or uuid7()
    await ledger.release(session, fund_id=fund.id, amount=taken.reserved)
    entry = payment(
        grant_id=grant_id,
        amount=taken.amount,
        paid_from=new.paid_from,
        on=paid_on,
        document_no=new.document_no,
    )
    posted = await ledger.post(session, fund_id=fund.id, entry=entry, actor=actor, now=now)
    await insert_row(
        session,
        _TABLE,
        **_given(taken),
        id=grant_id,
        grant_no=number,
        document_no=new.document_no,
        paid_on=paid_on,
        paid_from=new.paid_from.value,
        amount=taken.amount,
        use_by=new.use_by or use_by(paid_on, today),
        journal_id=posted.journal_id,
        journal_number=posted.number,
        paid_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _tell(session, grant_id, taken, paid_on=paid_on, now=now)
    await record(session, "pay", grant_id, actor=actor, now=now)
    return grant_id


async def show_use(
    session: AsyncSession, *, grant_id: UUID, new: NewUse, actor: Principal, now: datetime
) -> UUID:
    """Record what part of the money was spent on; below zero takes back. Returns the use's id.

    Raises GrantNotFound, WrongGrantState, DateInFuture, UsedBeforePaid, MoreThanGranted and, by its
    constraint, GrantUseExists.
    """
    row = await _paid(session, grant_id, actor=actor)
    _check_day(row, new.used_on, "/used_on", now=now)
    became = _accounted(row).with_use(new.amount)
    use_id = new.id or uuid7()
    await _account(session, row, became, now=now)
    await insert_row(
        session,
        _USES,
        id=use_id,
        grant_id=grant_id,
        kind=UseKind.USE.value,
        used_on=new.used_on,
        item=new.item,
        amount=new.amount,
        document_no=new.document_no,
        recorded_by=actor.subject,
        recorded_at=now,
    )
    await record(session, "use", grant_id, actor=actor, now=now, detail={"use_id": str(use_id)})
    return use_id


async def take_back(
    session: AsyncSession, *, grant_id: UUID, new: NewReturn, actor: Principal, now: datetime
) -> UUID:
    """Book money that came back unused; returns the row's id.

    Raises GrantNotFound, FundNotActive, WrongGrantState, DateInFuture, UsedBeforePaid, MoreThanGranted,
    PeriodClosed and, by its constraint, GrantUseExists.
    """
    row = await _paid(session, grant_id, actor=actor)
    await registry.lock(session, row["fund_id"], principal=actor)  # it is not closed meanwhile
    day = new.returned_on or business_date(now)
    _check_day(row, day, "/returned_on", now=now)
    use_id = new.id or uuid7()
    await _account(session, row, _accounted(row).with_return(new.amount), now=now)
    entry = payment(
        grant_id=grant_id,
        amount=new.amount,
        paid_from=new.received_as,
        on=day,
        document_no=new.document_no,
        back=True,
    )
    posted = await ledger.post(session, fund_id=row["fund_id"], entry=entry, actor=actor, now=now)
    await insert_row(
        session,
        _USES,
        id=use_id,
        grant_id=grant_id,
        kind=UseKind.RETURN.value,
        used_on=day,
        item="คืนเงินอุดหนุน",
        amount=new.amount,
        document_no=new.document_no,
        journal_id=posted.journal_id,
        journal_number=posted.number,
        recorded_by=actor.subject,
        recorded_at=now,
    )
    await record(session, "return", grant_id, actor=actor, now=now, detail={"use_id": str(use_id)})
    return use_id


async def reverse_return(
    session: AsyncSession, *, grant_id: UUID, use_id: UUID, reason: str, actor: Principal, now: datetime
) -> None:
    """Take money that came back, booked wrongly by another person, out of the books again.

    Raises GrantNotFound, WrongGrantState, FundNotActive, GrantUseNotFound, NotAReturn, ReversalByRecorder,
    PeriodClosed, OverCapital.
    """
    row = await _paid(session, grant_id, actor=actor)
    await registry.lock(session, row["fund_id"], principal=actor)
    wrong = await use_of(session, grant_id, use_id)
    uses = await queries.uses(session, grant_id)
    if wrong["journal_id"] is None or wrong["amount"] < 0 or use_id in {one["reverses"] for one in uses}:
        raise NotAReturn
    today = business_date(now)
    await _account(session, row, _accounted(row).with_return(-wrong["amount"]), now=now)
    posted = await ledger.reverse(
        session,
        fund_id=row["fund_id"],
        journal_id=wrong["journal_id"],
        business_date=today,
        memo=reason,
        actor=actor,
        now=now,
    )
    await insert_row(
        session,
        _USES,
        id=uuid7(),
        grant_id=grant_id,
        kind=UseKind.RETURN.value,
        used_on=today,
        item=reason,
        amount=-wrong["amount"],
        document_no=wrong["document_no"],
        journal_id=posted.journal_id,
        journal_number=posted.number,
        reverses=use_id,
        recorded_by=actor.subject,
        recorded_at=now,
    )
    detail = {"use_id": str(use_id)}
    await record(session, "reverse_return", grant_id, actor=actor, now=now, detail=detail)


async def confirm(
    session: AsyncSession, *, grant_id: UUID, if_match: str, actor: Principal, now: datetime
) -> None:
    """Confirm, as another person, that all of the money is accounted for, as she has read it.

    Raises GrantNotFound, WrongGrantState, StaleVersion, UseNotShown, OwnGrant.
    """
    row = await _paid(session, grant_id, actor=actor)
    etags.check(if_match, row["version"])
    if _accounted(row).left:
        raise UseNotShown
    uses = await queries.uses(session, grant_id)
    application = await application_queries.one(session, row["application_id"], areas=("",))
    own = {row["paid_by"], *(one["recorded_by"] for one in uses)}
    if application is not None:
        own |= set(application["authors"])
    if actor.subject in own or await application_queries.is_her_own(
        session, subject=actor.subject, borrower_id=row["borrower_id"]
    ):
        raise OwnGrant
    await update_row(
        session,
        _TABLE,
        grant_id,
        state=State.CONFIRMED.value,
        confirmed_by=actor.subject,
        confirmed_on=business_date(now),
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "confirm", grant_id, actor=actor, now=now)


async def reverse(
    session: AsyncSession, *, grant_id: UUID, reason: str, actor: Principal, now: datetime
) -> None:
    """Reverse a payment that was booked wrongly; the application stands as approved again, its money kept.

    Raises GrantNotFound, WrongGrantState, FundNotActive, GrantAccountedFor, ReversalByRecorder, PeriodClosed,
    OverCapital.
    """
    found = await queries.one(session, grant_id, areas=actor.areas)
    if found is None:
        raise GrantNotFound
    await applications.locked(session, found["application_id"], actor=actor, active=False)
    row = await _paid(session, grant_id, actor=actor)
    await registry.lock(session, row["fund_id"], principal=actor)  # money comes back: not into a closed fund
    if row["used"] or row["returned"]:
        raise GrantAccountedFor
    today = business_date(now)
    posted = await ledger.reverse(
        session,
        fund_id=row["fund_id"],
        journal_id=row["journal_id"],
        business_date=today,
        memo=reason,
        actor=actor,
        now=now,
    )
    await update_row(
        session,
        _TABLE,
        grant_id,
        state=State.REVERSED.value,
        reversed_by=actor.subject,
        reversed_on=today,
        reversal_reason=reason,
        reversal_journal_id=posted.journal_id,
        version=row["version"] + 1,
        updated_at=now,
    )
    await applications.give_back(session, application_id=row["application_id"], actor=actor, now=now)
    known = {name: row[name] for name in ("application_id", "fund_id", "area_code", "paid_on")}
    told = {"grant_id": grant_id, "reversed_on": today, "amount_band": band(row["amount"])}
    fact = GrantReversed.model_validate({**known, **told})
    await outbox.add(session, fact, subject=grant_id, sequence=row["version"] + 1, now=now)
    await record(session, "reverse", grant_id, actor=actor, now=now)


async def attach(
    session: AsyncSession,
    *,
    grant_id: UUID,
    use_id: UUID,
    file: Attachment,
    actor: Principal,
    now: datetime,
) -> None:
    """Name the file that proves a use; raises GrantNotFound, WrongGrantState, GrantUseNotFound.

    A file that was there before stays in the store; the audit row says which it was.
    """
    row = await _paid(session, grant_id, actor=actor)
    before = await use_of(session, grant_id, use_id)
    await update_row(
        session,
        _USES,
        use_id,
        file_key=file.key,
        file_type=file.media_type,
        file_size=file.size,
        file_sha256=file.sha256,
    )
    await update_row(session, _TABLE, grant_id, version=row["version"] + 1, updated_at=now)
    detail = {"use_id": str(use_id), "sha256": file.sha256, "before_key": before["file_key"]}
    await record(session, "attach", grant_id, actor=actor, now=now, detail=detail)


async def use_of(session: AsyncSession, grant_id: UUID, use_id: UUID) -> asyncpg.Record:
    """Return a use of a grant; raises GrantUseNotFound."""
    found = next((one for one in await queries.uses(session, grant_id) if one["id"] == use_id), None)
    if found is None:
        raise GrantUseNotFound
    return found


async def record(
    session: AsyncSession,
    verb: str,
    grant_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write who did what to a grant."""
    await audit.record(
        session, principal=actor, action=f"grant.{verb}", subjects=[grant_id], now=now, detail=detail
    )


def _given(taken: Approved) -> dict[str, Any]:
    names = ("fund_id", "area_code", "application_id", "product_id", "borrower_kind", "borrower_id")
    return {name: getattr(taken, name) for name in names}


async def _tell(
    session: AsyncSession, grant_id: UUID, taken: Approved, *, paid_on: date, now: datetime
) -> None:
    fact = GrantPaid(
        grant_id=grant_id,
        application_id=taken.application_id,
        fund_id=taken.fund_id,
        area_code=taken.area_code,
        borrower_kind=BorrowerKind(taken.borrower_kind),
        borrower_id=taken.borrower_id,
        paid_on=paid_on,
        amount_band=band(taken.amount),
    )
    await outbox.add(session, fact, subject=grant_id, sequence=1, now=now)


async def _paid(session: AsyncSession, grant_id: UUID, *, actor: Principal) -> asyncpg.Record:
    row = await queries.locked(session, grant_id, areas=actor.areas)
    if row is None:
        raise GrantNotFound
    if row["state"] != State.PAID.value:
        raise WrongGrantState(state=row["state"])
    return row


def _accounted(row: asyncpg.Record) -> Accounted:
    return Accounted(row["amount"], row["used"], row["returned"])


def _check_day(row: asyncpg.Record, day: date, pointer: str, *, now: datetime) -> None:
    registry.not_in_future(day, pointer, now=now)
    if day < row["paid_on"]:
        raise UsedBeforePaid(pointer=pointer)


async def _account(
    session: AsyncSession, row: asyncpg.Record, became: Accounted | None, *, now: datetime
) -> None:
    if became is None:
        raise MoreThanGranted(pointer="/amount")
    await update_row(
        session,
        _TABLE,
        row["id"],
        used=became.used,
        returned=became.returned,
        version=row["version"] + 1,
        updated_at=now,
    )
