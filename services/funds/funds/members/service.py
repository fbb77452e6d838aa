"""Members who join, change and leave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from funds.members import queries
from funds.members.errors import (
    FundMemberNotFound,
    LeftBeforeJoined,
    MemberGuarantees,
    MemberHasLeft,
    MemberHasLoan,
    MemberHasSavings,
)
from funds.members.models import FundMember
from funds.members.rules import LeaveReason
from funds.members.schemas import FundMemberChange, Leaving, NewFundMember
from funds.registry import service as registry
from shared import audit, etags
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal
from shared.thai import name_key

_TABLE = FundMember.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_LEAVE_GROUPS = """
WITH left_groups AS (
    UPDATE group_members SET left_on = greatest($2, joined_on)
    WHERE member_id = $1 AND left_on IS NULL RETURNING group_id
)
UPDATE borrower_groups SET version = version + 1, updated_at = $3
WHERE id IN (SELECT group_id FROM left_groups)
"""


async def enrol(
    session: AsyncSession, *, fund_id: UUID, new: NewFundMember, actor: Principal, now: datetime
) -> UUID:
    """Let somebody join a fund; returns the member's id.

    Raises FundNotFound, FundNotActive, DateInFuture and, by constraints, MemberNumberTaken, MemberAlready,
    FundMemberExists.
    """
    fund = await registry.lock(session, fund_id, principal=actor)
    registry.not_in_future(new.joined_on, "/joined_on", now=now)
    member_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(exclude={"id", "member_no"}),
        id=member_id,
        member_no=new.member_no or await queries.next_number(session, fund_id),
        name_key=name_key(new.name),
        fund_id=fund_id,
        area_code=fund.area_code,
        created_at=now,
        updated_at=now,
    )
    await _recorded(session, "enrol", fund_id, member_id, actor=actor, now=now)
    return member_id


async def change(
    session: AsyncSession,
    *,
    fund_id: UUID,
    member_id: UUID,
    patch: FundMemberChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a member.

    Raises FundNotFound, FundMemberNotFound, StaleVersion and, by constraints, MemberNumberTaken,
    MemberAlready.
    """
    before = await _locked(session, fund_id, member_id, actor=actor)
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    if "name" in values:
        values["name_key"] = name_key(values["name"])
    await update_row(session, _TABLE, member_id, **values, version=before["version"] + 1, updated_at=now)
    fields = {"fields": sorted(patch.model_fields_set)}
    await _recorded(session, "change", fund_id, member_id, actor=actor, now=now, detail=fields)


async def leave(
    session: AsyncSession,
    *,
    fund_id: UUID,
    member_id: UUID,
    leaving: Leaving,
    actor: Principal,
    now: datetime,
) -> None:
    """End a membership, and with it her time in groups.

    What she owes is repaid first, what she has saved paid out; after a death others answer for the debt and
    heirs take the savings. Raises FundNotFound, FundMemberNotFound, MemberHasLeft, DateInFuture,
    LeftBeforeJoined, MemberHasLoan, MemberGuarantees, MemberHasSavings.
    """
    before = await _locked(session, fund_id, member_id, actor=actor)
    if before["state"] != "active":
        raise MemberHasLeft
    registry.not_in_future(leaving.left_on, "/left_on", now=now)
    if leaving.left_on < before["joined_on"]:
        raise LeftBeforeJoined(pointer="/left_on")
    if leaving.reason is not LeaveReason.DIED:
        await _free(session, fund_id, member_id)
    await update_row(
        session,
        _TABLE,
        member_id,
        state="left",
        left_on=leaving.left_on,
        leave_reason=leaving.reason.value,
        version=before["version"] + 1,
        updated_at=now,
    )
    await (await driver(session)).execute(_LEAVE_GROUPS, member_id, leaving.left_on, now)
    reason = {"reason": leaving.reason.value}
    await _recorded(session, "leave", fund_id, member_id, actor=actor, now=now, detail=reason)


async def _free(session: AsyncSession, fund_id: UUID, member_id: UUID) -> None:
    """Raise for a member whom debts, guarantees or savings keep in the fund."""
    owes, guarantees = await queries.bound(session, member_id)
    if owes:
        raise MemberHasLoan
    if guarantees:
        raise MemberGuarantees
    if await _saved(session, fund_id, member_id):
        raise MemberHasSavings


async def _saved(session: AsyncSession, fund_id: UUID, member_id: UUID) -> bool:
    """Tell whether the fund still keeps savings or shares of a member."""
    balances = [
        await ledger.balance(session, fund_id, account, member_id=member_id)
        for account in (Account.SAVINGS, Account.SHARES)
    ]
    return any(balances)


async def _locked(
    session: AsyncSession, fund_id: UUID, member_id: UUID, *, actor: Principal
) -> asyncpg.Record:
    await registry.lock(session, fund_id, principal=actor, active=False)
    found = await queries.one(session, fund_id, member_id)
    if found is None:
        raise FundMemberNotFound
    return found


async def _recorded(
    session: AsyncSession,
    verb: str,
    fund_id: UUID,
    member_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        principal=actor,
        action=f"fund_member.{verb}",
        subjects=[fund_id, member_id],
        now=now,
        detail=detail,
    )
