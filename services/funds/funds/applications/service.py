"""Applications submitted and cancelled; approvals taken up, given back and lapsed.

Lock order: the application's row, the fund's (of `take_up`), then its books last (`ledger.service`).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.applications import checking, queries
from funds.applications.checking import Wish
from funds.applications.errors import (
    ApplicationNotApproved,
    ApplicationNotFound,
    BorrowerHasOpenLoan,
    SubmittedTooEarly,
    WrongApplicationState,
    WrongCategory,
)
from funds.applications.models import Application
from funds.applications.rules import (
    APPROVAL_DAYS,
    CANCELLABLE,
    EDITABLE,
    STANDING,
    Approved,
    Share,
    State,
    given_of,
    steps_for,
)
from funds.applications.schemas import ApplicationChange, NewShare
from funds.ledger import service as ledger
from funds.products import service as products
from funds.products.rules import BorrowerKind, Category, ProductTerms
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from shared import audit
from shared.clock import BANGKOK, business_date
from shared.rows import update_row
from shared.security import Principal

TABLE = Application.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def submit(
    session: AsyncSession,
    *,
    application_id: UUID,
    actor: Principal,
    now: datetime,
    submitted_on: date | None = None,
) -> None:
    """Hand an application in: its steps are those of the product and the amount, from the first one.

    Raises ApplicationNotFound, FundNotActive, WrongApplicationState, DateInFuture, SubmittedTooEarly,
    GroupTooSmall, BorrowerNotTarget, BorrowerHasOpenLoan, ShareNotOfGroup and what the limits refuse.
    """
    row, fund = await locked(session, application_id, actor=actor)
    stands(row, EDITABLE)
    day = await _handed_in(session, row, submitted_on, now=now)
    terms = await terms_of(session, row)
    checking.check_limits(terms, wish_of(row, None), borrower=row["borrower_kind"], on=row["applied_on"])
    kind = BorrowerKind(row["borrower_kind"])
    borrower = await checking.borrower_of(session, fund, kind, row["borrower_id"])
    await checking.check_standing(session, terms, borrower)
    checking.share(borrower, await asked_shares(session, application_id), row["amount"])
    if terms.one_open_loan and await queries.stands_elsewhere(
        session,
        application_id,
        product_id=row["product_id"],
        borrower_id=row["borrower_id"],
        states=sorted(STANDING),
    ):
        raise BorrowerHasOpenLoan
    steps = [step._asdict() for step in steps_for(terms, row["amount"])]
    await update_row(
        session,
        TABLE,
        application_id,
        state=State.SUBMITTED.value,
        reason=None,
        round=row["round"] + 1,
        steps=to_json(steps),
        step_no=0,
        submitted_on=day,
        authors=with_author(row["authors"], actor),
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "submit", application_id, actor=actor, now=now)


async def _handed_in(
    session: AsyncSession, row: asyncpg.Record, given: date | None, *, now: datetime
) -> date:
    """Return the day of a submission: today, or of a paper that is recorded late the paper's own."""
    registry.not_in_future(given, "/submitted_on", now=now)
    decisions = await queries.decisions(session, row["id"])
    earliest: date = max([row["applied_on"], *(one["decided_on"] for one in decisions)])
    if given is not None and given < earliest:
        raise SubmittedTooEarly(f"ไม่ก่อน {earliest}", f"Not before {earliest}", pointer="/submitted_on")
    late = row["applied_on"] < business_date(row["created_at"])
    return given or (earliest if late else business_date(now))


async def cancel(
    session: AsyncSession, *, application_id: UUID, reason: str, actor: Principal, now: datetime
) -> None:
    """Take an application back; money kept back for it is free again.

    Raises ApplicationNotFound, WrongApplicationState.
    """
    row, _ = await locked(session, application_id, actor=actor, active=False)
    stands(row, CANCELLABLE)
    await update_row(
        session,
        TABLE,
        application_id,
        state=State.CANCELLED.value,
        reason=reason,
        reserved=0,
        due_at=None,
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "cancel", application_id, actor=actor, now=now)
    if row["reserved"]:
        await ledger.release(session, fund_id=row["fund_id"], amount=row["reserved"])


async def take_up(
    session: AsyncSession, *, application_id: UUID, actor: Principal, now: datetime, grant: bool = False
) -> Approved:
    """Take an approval up for a loan's contract, or for a grant; the application is locked until the end.

    What is kept back for it (`reserved`) stays so in the fund's books and is the taker's from now on: she
    calls `ledger.release` as she pays out, or when she gives it up. Nobody leaves the fund meanwhile: its row
    is locked after the application's. Raises ApplicationNotFound, ApplicationNotApproved (also when the
    approval has lapsed), WrongCategory, FundNotActive, BorrowerLeft, GroupTooSmall, BorrowerNotTarget.
    """
    row, _ = await locked(session, application_id, actor=actor)
    if row["state"] != State.APPROVED.value or row["due_at"] <= now:
        raise ApplicationNotApproved(state=row["state"])
    if (row["category"] == Category.GRANT.value) is not grant:
        raise WrongCategory
    fund = await registry.lock(session, row["fund_id"], principal=actor)
    shares = await _given_shares(session, application_id)
    lent_to = [one.member_id for one in shares]
    await checking.check_still_there(session, row, fund, await terms_of(session, row), lent_to)
    state = State.PAID if grant else State.CONTRACTED
    await update_row(
        session,
        TABLE,
        application_id,
        state=state.value,
        reserved=0,
        due_at=None,
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "take_up", application_id, actor=actor, now=now)
    rate = row["annual_rate"]
    return Approved(
        application_id=application_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        product_id=row["product_id"],
        category=row["category"],
        borrower_kind=row["borrower_kind"],
        borrower_id=row["borrower_id"],
        amount=given_of(row["amount"], row["resolved_amount"]),
        shares=shares,
        applied_on=row["applied_on"],
        approved_on=row["approved_on"],
        reserved=row["reserved"],
        annual_rate=None if rate is None else rates.text(rates.of_column(rate)),
        months=row["months"],
        instalments=row["instalments"],
    )


async def _given_shares(session: AsyncSession, application_id: UUID) -> tuple[Share, ...]:
    """Return a group's shares of what is given, without those who get nothing of it."""
    rows = await queries.shares(session, application_id)
    found = (Share(one["member_id"], given_of(one["amount"], one["resolved_amount"])) for one in rows)
    return tuple(one for one in found if one.amount)


async def give_back(session: AsyncSession, *, application_id: UUID, actor: Principal, now: datetime) -> None:
    """Let an application that was taken up wrongly stand as approved again, its money kept back anew.

    For a contract that was called off or a payment that was reversed, before or after whose own entries
    are booked. Raises ApplicationNotFound, WrongApplicationState, OverCapital.
    """
    row, _ = await locked(session, application_id, actor=actor, active=False)
    stands(row, frozenset({State.CONTRACTED, State.PAID}))
    amount = given_of(row["amount"], row["resolved_amount"])
    last = business_date(now) + timedelta(days=APPROVAL_DAYS)
    await update_row(
        session,
        TABLE,
        application_id,
        state=State.APPROVED.value,
        reserved=amount,
        valid_until=last,
        due_at=lapse(last),
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "give_back", application_id, actor=actor, now=now)
    await ledger.reserve(session, fund_id=row["fund_id"], amount=amount)


async def locked(
    session: AsyncSession, application_id: UUID, *, actor: Principal, active: bool = True
) -> tuple[asyncpg.Record, FundFacts]:
    """Return an application of the caller's areas, locked, and its fund.

    Raises ApplicationNotFound and, unless `active` is False, FundNotActive.
    """
    row = await queries.locked(session, application_id, areas=actor.areas)
    if row is None:
        raise ApplicationNotFound
    return row, await registry.require(session, row["fund_id"], principal=actor, active=active)


async def terms_of(session: AsyncSession, row: asyncpg.Record) -> ProductTerms:
    """Return the terms that an application goes by: those of the day on its paper."""
    return await products.terms(session, row["product_id"], fund_id=row["fund_id"], on=row["applied_on"])


def lapse(last: date) -> datetime:
    """Return the moment after an approval's last day, midnight in Thailand."""
    return datetime.combine(last + timedelta(days=1), time.min, BANGKOK)


async def record(
    session: AsyncSession,
    verb: str,
    application_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write who did what to an application."""
    await audit.record(
        session,
        principal=actor,
        action=f"application.{verb}",
        subjects=[application_id],
        now=now,
        detail=detail,
    )


def stands(row: asyncpg.Record, states: frozenset[State]) -> None:
    """Raise WrongApplicationState unless an application stands in one of these states."""
    if row["state"] not in states:
        raise WrongApplicationState(state=row["state"])


def wish_of(row: asyncpg.Record, patch: ApplicationChange | None) -> Wish:
    """Return what is asked for, as a patch would change it."""
    rate = row["annual_rate"]
    kept = {
        **{name: row[name] for name in ("purpose", "amount", "months", "instalments")},
        "annual_rate": None if rate is None else rates.of_column(rate),
    }
    fields = patch.model_fields_set & set(Wish._fields) if patch is not None else set[str]()
    return Wish(**{**kept, **{name: getattr(patch, name) for name in fields}})


async def asked_shares(session: AsyncSession, application_id: UUID) -> list[NewShare]:
    """Return the shares as they were asked for; a share split by parts follows the amount."""
    return [
        NewShare.model_construct(
            member_id=one["member_id"],
            parts=one["parts"],
            amount=None if one["parts"] is not None else one["amount"],
        )
        for one in await queries.shares(session, application_id)
    ]


def with_author(authors: list[str], actor: Principal) -> list[str]:
    """Return the authors with the caller among them."""
    return authors if actor.subject in authors else [*authors, actor.subject]


def to_json(value: Any) -> str:
    """Return what a JSONB column takes from the driver."""
    return orjson.dumps(value).decode()
