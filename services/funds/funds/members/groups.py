"""Groups that members borrow in: formed, joined, left, dissolved."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.members import queries
from funds.members.errors import (
    BorrowerGroupDissolved,
    BorrowerGroupNotFound,
    GroupHasLoan,
    InGroupAlready,
    LeftBeforeJoined,
    NotInGroup,
    UnknownFundMember,
)
from funds.members.models import BorrowerGroup
from funds.members.schemas import BorrowerGroupChange, GroupLeaving, NewBorrowerGroup, NewGroupMember
from funds.registry import service as registry
from shared import audit, etags
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import Row, insert, insert_row, update_row
from shared.security import Principal

_GROUPS = BorrowerGroup.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

_LEAVE = """
UPDATE group_members SET left_on = $3 WHERE group_id = $1 AND member_id = $2 AND left_on IS NULL
"""
_ALL_LEAVE = """
UPDATE group_members SET left_on = greatest($2, joined_on) WHERE group_id = $1 AND left_on IS NULL
"""


async def form(
    session: AsyncSession, *, fund_id: UUID, new: NewBorrowerGroup, actor: Principal, now: datetime
) -> UUID:
    """Form a group of present members; returns its id.

    Raises FundNotFound, FundNotActive, DateInFuture, LeftBeforeJoined, UnknownFundMember, InGroupAlready
    and, by its constraint, BorrowerGroupExists.
    """
    fund = await registry.lock(session, fund_id, principal=actor)
    registry.not_in_future(new.formed_on, "/formed_on", now=now)
    group_id = new.id or uuid7()
    await insert_row(
        session,
        _GROUPS,
        id=group_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        name=new.name,
        formed_on=new.formed_on,
        created_at=now,
        updated_at=now,
    )
    since = new.formed_on
    await _seat(session, fund_id, group_id, new.members, since, default=since, pointer="/members/{}", now=now)
    await _recorded(session, "form", group_id, actor=actor, now=now)
    return group_id


async def change(
    session: AsyncSession,
    *,
    fund_id: UUID,
    group_id: UUID,
    patch: BorrowerGroupChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Rename a group or dissolve it.

    Raises FundNotFound, BorrowerGroupNotFound, BorrowerGroupDissolved, StaleVersion, DateInFuture,
    LeftBeforeJoined, GroupHasLoan and, by its constraint, BorrowerGroupExists.
    """
    before = await _standing(session, fund_id, group_id, actor=actor)
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    ends: date | None = values.get("dissolved_on")
    registry.not_in_future(ends, "/dissolved_on", now=now)
    if ends is not None:
        if ends < before["formed_on"]:
            raise LeftBeforeJoined(pointer="/dissolved_on")
        if await queries.lent_to(session, group_id):
            raise GroupHasLoan
        await (await driver(session)).execute(_ALL_LEAVE, group_id, ends)
    await update_row(session, _GROUPS, group_id, **values, version=before["version"] + 1, updated_at=now)
    await _recorded(session, "change", group_id, actor=actor, now=now)


async def join(
    session: AsyncSession,
    *,
    fund_id: UUID,
    group_id: UUID,
    new: NewGroupMember,
    actor: Principal,
    now: datetime,
) -> None:
    """Let a member of the fund join a group.

    Raises FundNotFound, BorrowerGroupNotFound, BorrowerGroupDissolved, UnknownFundMember, InGroupAlready,
    DateInFuture, LeftBeforeJoined.
    """
    before = await _standing(session, fund_id, group_id, actor=actor)
    already = [
        one["member_id"] for one in await queries.in_group(session, group_id) if one["left_on"] is None
    ]
    if new.member_id in already:
        raise InGroupAlready(pointer="/member_id")
    since, today = before["formed_on"], business_date(now)
    await _seat(session, fund_id, group_id, [new], since, default=today, pointer="", now=now)
    await _touched(session, before, now=now)
    await _recorded(session, "join", group_id, actor=actor, now=now, member_id=new.member_id)


async def leave(
    session: AsyncSession,
    *,
    fund_id: UUID,
    group_id: UUID,
    member_id: UUID,
    leaving: GroupLeaving,
    actor: Principal,
    now: datetime,
) -> None:
    """Let somebody leave a group that owes nothing: while its loan is open all of it answers.

    Raises FundNotFound, BorrowerGroupNotFound, BorrowerGroupDissolved, NotInGroup, DateInFuture,
    LeftBeforeJoined, GroupHasLoan.
    """
    before = await _standing(session, fund_id, group_id, actor=actor)
    registry.not_in_future(leaving.left_on, "/left_on", now=now)
    held = [one for one in await queries.in_group(session, group_id) if one["left_on"] is None]
    mine = next((one for one in held if one["member_id"] == member_id), None)
    if mine is None:
        raise NotInGroup
    if leaving.left_on < mine["joined_on"]:
        raise LeftBeforeJoined(pointer="/left_on")
    if await queries.lent_to(session, group_id):
        raise GroupHasLoan
    await (await driver(session)).execute(_LEAVE, group_id, member_id, leaving.left_on)
    await _touched(session, before, now=now)
    await _recorded(session, "leave", group_id, actor=actor, now=now, member_id=member_id)


async def _standing(
    session: AsyncSession, fund_id: UUID, group_id: UUID, *, actor: Principal
) -> asyncpg.Record:
    await registry.lock(session, fund_id, principal=actor)
    found = await queries.group(session, fund_id, group_id)
    if found is None:
        raise BorrowerGroupNotFound
    if found["dissolved_on"] is not None:
        raise BorrowerGroupDissolved
    return found


async def _seat(
    session: AsyncSession,
    fund_id: UUID,
    group_id: UUID,
    members: Sequence[NewGroupMember],
    since: date,
    *,
    default: date,
    pointer: str,
    now: datetime,
) -> None:
    """Write who is in a group that stands `since`; `pointer` has a place for the number of who is refused."""
    ids = [one.member_id for one in members]
    known = await queries.present(session, fund_id, ids)
    strangers = [at for at, one in enumerate(ids) if one not in known]
    if strangers:
        where = [FieldError(f"{pointer.format(at)}/member_id", UnknownFundMember.code) for at in strangers]
        raise UnknownFundMember(errors=where)
    twice = [at for at, one in enumerate(ids) if one in ids[:at]]
    if twice:
        raise InGroupAlready(pointer=f"{pointer.format(twice[0])}/member_id")
    for at, one in enumerate(members):
        where_from = f"{pointer.format(at)}/joined_on"
        registry.not_in_future(one.joined_on, where_from, now=now)
        if one.joined_on is not None and one.joined_on < since:
            raise LeftBeforeJoined(pointer=where_from)
    seats = [
        {
            "id": uuid7(),
            "group_id": group_id,
            "member_id": one.member_id,
            "role": one.role.value,
            "joined_on": one.joined_on or default,
        }
        for one in members
    ]
    if seats:
        await insert(session, *(Row("group_members", seat) for seat in seats))


async def _touched(session: AsyncSession, before: asyncpg.Record, *, now: datetime) -> None:
    await update_row(session, _GROUPS, before["id"], version=before["version"] + 1, updated_at=now)


async def _recorded(
    session: AsyncSession,
    verb: str,
    group_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    member_id: UUID | None = None,
) -> None:
    subjects = [group_id] if member_id is None else [group_id, member_id]
    await audit.record(session, principal=actor, action=f"borrower_group.{verb}", subjects=subjects, now=now)
