"""Applications drafted and corrected, each held against the product's limits and its own sums."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.applications import checking, queries
from funds.applications.checking import Wish
from funds.applications.models import ApplicationGuarantor, ApplicationShare
from funds.applications.rules import EDITABLE
from funds.applications.schemas import ApplicationChange, BudgetLine, NewApplication, NewGuarantor, NewShare
from funds.applications.service import (
    TABLE,
    asked_shares,
    locked,
    record,
    stands,
    terms_of,
    to_json,
    wish_of,
    with_author,
)
from funds.members.rules import Borrower
from funds.products.rules import BorrowerKind
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from shared import etags
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.rows import Row, insert, insert_row, update_row
from shared.security import Principal

_SHARES = ApplicationShare.__table__  # type: ignore[attr-defined]  # likewise
_GUARANTORS = ApplicationGuarantor.__table__  # type: ignore[attr-defined]  # likewise
_FORGET = {
    "shares": "DELETE FROM application_shares WHERE application_id = $1",
    "guarantors": "DELETE FROM application_guarantors WHERE application_id = $1",
}


async def draft(session: AsyncSession, *, new: NewApplication, actor: Principal, now: datetime) -> UUID:
    """Draft an application; returns its id.

    Raises FundNotFound, FundNotActive, DateInFuture, ProductNotOffered, what `checking.check_limits` and
    the sums raise, UnknownBorrower and, by its constraints, ApplicationExists, ApplicationNumberTaken.
    """
    fund = await registry.lock(session, new.fund_id, principal=actor)
    registry.not_in_future(new.applied_on, "/applied_on", now=now)
    applied_on = new.applied_on or business_date(now)
    terms = await checking.terms_of(session, fund, new.product_code, on=applied_on)
    wish = Wish(new.purpose, new.amount, new.annual_rate, new.months, new.instalments)
    checking.check_limits(terms, wish, borrower=new.borrower_kind.value, on=applied_on)
    borrower = await checking.borrower_of(session, fund, new.borrower_kind, new.borrower_id)
    budget = checking.check_budget(new.budget, new.amount)
    application_id = new.id or uuid7()
    await insert_row(
        session,
        TABLE,
        id=application_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        application_no=new.application_no or await queries.next_number(session, fund.id),
        product_id=terms.product_id,
        category=terms.category.value,
        borrower_kind=new.borrower_kind.value,
        borrower_id=new.borrower_id,
        **_wished(wish),
        title=new.title,
        plan=new.plan,
        budget=to_json(budget),
        applied_on=applied_on,
        authors=[actor.subject],
        steps="[]",
        created_at=now,
        updated_at=now,
    )
    await _share(session, application_id, borrower, amount=new.amount, shares=new.shares)
    await _guarantee(session, application_id, fund, borrower, new.guarantors)
    await record(session, "draft", application_id, actor=actor, now=now)
    return application_id


async def change(
    session: AsyncSession,
    *,
    application_id: UUID,
    patch: ApplicationChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a draft or what was returned; who corrects it is one of its authors from then on.

    Raises ApplicationNotFound, FundNotActive, StaleVersion, WrongApplicationState and what `draft` raises.
    """
    row, fund = await locked(session, application_id, actor=actor)
    etags.check(if_match, row["version"])
    stands(row, EDITABLE)
    fields = patch.model_fields_set
    terms = await terms_of(session, row)
    wish = wish_of(row, patch)
    checking.check_limits(terms, wish, borrower=row["borrower_kind"], on=row["applied_on"])
    kind = BorrowerKind(row["borrower_kind"])
    borrower = await checking.borrower_of(session, fund, kind, row["borrower_id"])
    lines = (
        patch.budget if "budget" in fields else [BudgetLine.model_construct(**one) for one in row["budget"]]
    )
    budget = checking.check_budget(lines, wish.amount)
    if fields & {"shares", "amount"}:
        shares = patch.shares if "shares" in fields else await asked_shares(session, application_id)
        await (await driver(session)).execute(_FORGET["shares"], application_id)
        await _share(session, application_id, borrower, amount=wish.amount, shares=shares)
    if "guarantors" in fields:
        await (await driver(session)).execute(_FORGET["guarantors"], application_id)
        await _guarantee(session, application_id, fund, borrower, patch.guarantors)
    words = {name: getattr(patch, name) for name in ("title", "plan") if name in fields}
    await update_row(
        session,
        TABLE,
        application_id,
        **_wished(wish),
        **words,
        budget=to_json(budget),
        authors=with_author(row["authors"], actor),
        version=row["version"] + 1,
        updated_at=now,
    )
    await record(session, "change", application_id, actor=actor, now=now, detail={"fields": sorted(fields)})


def _wished(wish: Wish) -> dict[str, Any]:
    rate = wish.annual_rate
    return {**wish._asdict(), "annual_rate": None if rate is None else rates.to_column(rate)}


async def _share(
    session: AsyncSession, application_id: UUID, borrower: Borrower, *, amount: int, shares: list[NewShare]
) -> None:
    rows = [
        Row(_SHARES.name, {"application_id": application_id, **one._asdict()})
        for one in checking.share(borrower, shares, amount)
    ]
    if rows:
        await insert(session, *rows)


async def _guarantee(
    session: AsyncSession,
    application_id: UUID,
    fund: FundFacts,
    borrower: Borrower,
    given: list[NewGuarantor],
) -> None:
    await checking.check_guarantors(session, fund, borrower, given)
    rows = [
        Row(_GUARANTORS.name, {"application_id": application_id, "number": number, **one.model_dump()})
        for number, one in enumerate(given, 1)
    ]
    if rows:
        await insert(session, *rows)
