"""Every SELECT on applications; a caller sees those of her areas.

Names of borrowers and codes of products are other capabilities' (fund_members, borrower_groups,
fund_products): a list reads them in its own statement, since one more for each row would be as many ways to
the database as it has rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import column, table

from funds.applications.models import Application, ApplicationGuarantor, ApplicationShare
from funds.applications.rules import State
from funds.products.rules import BorrowerKind, Category, StepLevel
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek
from shared.thai import name_key

_TABLE = Application.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_SHARES = ApplicationShare.__table__  # type: ignore[attr-defined]  # likewise
_GUARANTORS = ApplicationGuarantor.__table__  # type: ignore[attr-defined]  # likewise
_PRODUCTS = table("fund_products", column("id"), column("code"))
_MEMBERS = table("fund_members", column("id"), column("name"), column("member_no"))
_GROUPS = table("borrower_groups", column("id"), column("name"))
_NAME = case(
    (
        _TABLE.c.borrower_kind == BorrowerKind.MEMBER.value,
        select(_MEMBERS.c.name).where(_MEMBERS.c.id == _TABLE.c.borrower_id).scalar_subquery(),
    ),
    (
        _TABLE.c.borrower_kind == BorrowerKind.GROUP.value,
        select(_GROUPS.c.name).where(_GROUPS.c.id == _TABLE.c.borrower_id).scalar_subquery(),
    ),
).label("borrower_name")
_NEXT = (
    "CASE WHEN applications.state IN ('submitted', 'recommended') "
    "THEN applications.steps -> applications.step_no::int ->> '{}' END"
)
_next_step: ColumnElement[str] = literal_column(_NEXT.format("code"))
_next_level: ColumnElement[str] = literal_column(_NEXT.format("level"))
_risk_level: ColumnElement[str] = literal_column("applications.risk ->> 'level'")
_LISTED = [
    *(
        _TABLE.c[name]
        for name in (
            "id", "fund_id", "area_code", "application_no", "product_id", "category", "borrower_kind",
            "borrower_id", "title", "purpose", "amount", "applied_on", "state", "submitted_on", "approved_on",
            "valid_until", "reserved", "version", "created_at", "updated_at",
        )
    ),
    func.coalesce(_TABLE.c.resolved_amount, _TABLE.c.amount).label("given"),
    _PRODUCTS.c.code.label("product_code"), _NAME, _next_step.label("next_step"),
    _next_level.label("next_level"), _risk_level.label("risk_level"),
]  # fmt: skip
_WHOLE = [*_TABLE.c, *_LISTED[-6:]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose applications, where, for what and how far."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    state: State | None = None
    category: Category | None = None
    product_code: str | None = None
    borrower_id: UUID | None = None
    awaits: StepLevel | None = None
    applied_from: date | None = None
    applied_to: date | None = None
    updated_since: datetime | None = None


def _filtered(columns: Sequence[Any], wanted: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = (
        select(*columns)
        .select_from(_TABLE.join(_PRODUCTS, _PRODUCTS.c.id == _TABLE.c.product_id))
        .where(within(_TABLE.c.area_code, wanted.areas), descends(_TABLE.c.area_code, wanted.area))
    )
    for name in ("fund_id", "state", "category", "borrower_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(_TABLE.c[name] == value)
    if wanted.product_code is not None:
        statement = statement.where(_PRODUCTS.c.code == wanted.product_code)
    if wanted.awaits is not None:
        statement = statement.where(_next_level == wanted.awaits.value)
    if wanted.applied_from is not None:
        statement = statement.where(_TABLE.c.applied_on >= wanted.applied_from)
    if wanted.applied_to is not None:
        statement = statement.where(_TABLE.c.applied_on <= wanted.applied_to)
    if wanted.updated_since is not None:
        statement = statement.where(_TABLE.c.updated_at >= wanted.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` applications by area and id, from the first after `after`."""
    key = (_TABLE.c.area_code, _TABLE.c.id)
    return await fetch(session, seek(_filtered(_LISTED, filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many applications the filters leave."""
    return await counted(session, _filtered([literal_column("1")], filters))


async def one(session: AsyncSession, application_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return an application of the caller's areas whole, without what hangs on it."""
    statement = _filtered(_WHOLE, Filters(areas)).where(_TABLE.c.id == application_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


async def locked(
    session: AsyncSession, application_id: UUID, *, areas: Sequence[str]
) -> asyncpg.Record | None:
    """Return an application of the caller's areas, locked until the transaction ends."""
    statement = select(*_TABLE.c).where(_TABLE.c.id == application_id, within(_TABLE.c.area_code, areas))
    rows = await fetch(session, statement.with_for_update())
    return rows[0] if rows else None


async def shares(session: AsyncSession, application_id: UUID) -> list[asyncpg.Record]:
    """Return a group's shares by member: `member_id, member_no, name, parts, amount, resolved_amount`."""
    own = (_SHARES.c.parts, _SHARES.c.amount, _SHARES.c.resolved_amount)
    statement = (
        select(_SHARES.c.member_id, _MEMBERS.c.member_no, _MEMBERS.c.name, *own)
        .select_from(_SHARES.join(_MEMBERS, _MEMBERS.c.id == _SHARES.c.member_id))
        .where(_SHARES.c.application_id == application_id)
        .order_by(_SHARES.c.member_id)
    )
    return await fetch(session, statement)


async def guarantors(session: AsyncSession, application_id: UUID) -> list[asyncpg.Record]:
    """Return who guarantees, in order: `number, member_id, name, relation`; a member by her own name."""
    name = func.coalesce(_GUARANTORS.c.name, _MEMBERS.c.name).label("name")
    statement = (
        select(_GUARANTORS.c.number, _GUARANTORS.c.member_id, name, _GUARANTORS.c.relation)
        .select_from(_GUARANTORS.outerjoin(_MEMBERS, _MEMBERS.c.id == _GUARANTORS.c.member_id))
        .where(_GUARANTORS.c.application_id == application_id)
        .order_by(_GUARANTORS.c.number)
    )
    return await fetch(session, statement)


_CHECKS = "SELECT * FROM application_checks WHERE application_id = $1 ORDER BY item"
_DECISIONS = "SELECT * FROM application_decisions WHERE application_id = $1 ORDER BY number"
# Loans are the loans' own; what a borrower owes on a product is asked of them in the same statement.
_STANDING = """
SELECT EXISTS (SELECT FROM loans WHERE product_id = $2 AND borrower_id = $3 AND state <> 'closed')
    OR EXISTS (SELECT FROM applications WHERE product_id = $2 AND borrower_id = $3 AND id <> $1
               AND state = ANY($4))
"""
_LOAN = """
SELECT loans.borrower_id, loans.application_id, applications.authors
FROM loans LEFT JOIN applications ON applications.id = loans.application_id WHERE loans.id = $1
"""
# Who somebody is as a person, the committees know: any fund's, since she borrows where she lives.
_HER_OWN = """
WITH concerned AS (
    SELECT person_id, household_id FROM fund_members WHERE household_id = $2
    UNION ALL SELECT person_id, household_id FROM fund_members WHERE id IN (
        SELECT $2
        UNION ALL SELECT member_id FROM group_members WHERE group_id = $2 AND left_on IS NULL
        UNION ALL SELECT member_id FROM loan_shares WHERE loan_id = $3
        UNION ALL SELECT answerable_member_id FROM loans WHERE id = $3
        UNION ALL SELECT member_id FROM application_guarantors WHERE application_id = $4
    )
)
SELECT EXISTS (
    SELECT FROM fund_committee_members AS seat WHERE seat.subject = $1 AND (
        seat.household_id = $2 OR EXISTS (
            SELECT FROM concerned
            WHERE concerned.person_id = seat.person_id OR concerned.household_id = seat.household_id
        )
    )
)
"""
_NAMED = """
SELECT seat.display_name, guarantor.name FROM application_guarantors AS guarantor
JOIN fund_committee_members AS seat ON seat.subject = $1
WHERE guarantor.application_id = $2 AND guarantor.member_id IS NULL
"""
_NUMBER = """
SELECT coalesce(max(application_no::bigint), 0) + 1 FROM applications
WHERE fund_id = $1 AND application_no ~ '^[0-9]{1,15}$'
"""


async def checks(session: AsyncSession, application_id: UUID) -> list[asyncpg.Record]:
    """Return what of the checklist is recorded, by item."""
    return list(await (await driver(session)).fetch(_CHECKS, application_id))


async def decisions(session: AsyncSession, application_id: UUID) -> list[asyncpg.Record]:
    """Return every decision, the oldest first."""
    return list(await (await driver(session)).fetch(_DECISIONS, application_id))


async def stands_elsewhere(
    session: AsyncSession,
    application_id: UUID,
    *,
    product_id: UUID,
    borrower_id: UUID,
    states: Sequence[State],
) -> bool:
    """Tell whether the borrower has an open loan of the product, or another application in these states."""
    values = [state.value for state in states]
    connection = await driver(session)
    return bool(await connection.fetchval(_STANDING, application_id, product_id, borrower_id, values))


async def is_her_own(
    session: AsyncSession, *, subject: str, borrower_id: UUID, application_id: UUID | None = None
) -> bool:
    """Tell whether a caller asks herself: alone, in her group, by her household, or lives with who does.

    With its application also whether she, or somebody she lives with, guarantees it. Nobody decides for
    herself. Who she is, her terms on committees say, those that are over too.
    """
    return await _concerns(session, subject, borrower_id, None, application_id)


async def is_her_loan(session: AsyncSession, loan_id: UUID, *, subject: str) -> bool:
    """Tell whether a caller wrote the application for a loan, or owes or guarantees it like `is_her_own`.

    Also who has a part of it though she left the group, and who answers for it after a death.
    """
    loan = await (await driver(session)).fetchrow(_LOAN, loan_id)
    if loan is None:
        return False
    if subject in (loan["authors"] or ()):
        return True
    return await _concerns(session, subject, loan["borrower_id"], loan_id, loan["application_id"])


async def _concerns(
    session: AsyncSession,
    subject: str,
    borrower_id: UUID,
    loan_id: UUID | None,
    application_id: UUID | None,
) -> bool:
    """Tell whether somebody is among those whom a loan concerns; a guarantor who is no member, by name."""
    connection = await driver(session)
    if await connection.fetchval(_HER_OWN, subject, borrower_id, loan_id, application_id):
        return True
    named = await connection.fetch(_NAMED, subject, application_id)
    return any(name_key(one["display_name"]) == name_key(one["name"]) for one in named)


async def next_number(session: AsyncSession, fund_id: UUID) -> str:
    """Return the number after the highest one that is only digits; the caller holds the fund's lock."""
    return str(await (await driver(session)).fetchval(_NUMBER, fund_id))
