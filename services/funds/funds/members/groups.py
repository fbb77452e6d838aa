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
    InGroupAlready,
    LeftBeforeJoined,
    NotInGroup,
    UnknownFundMember,
)
from funds.members.models import BorrowerGroup, GroupMember
from funds.members.schemas import BorrowerGroupChange, GroupLeaving, NewBorrowerGroup, NewGroupMember
from funds.registry import service as registry
from shared import audit, etags
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_GROUPS = BorrowerGroup.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_IN = GroupMember.__table__  # type: ignore[attr-defined]  # likewise

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

    Raises FundNotFound, FundNotActive, DateInFuture, UnknownFundMember, InGroupAlready and, by its
    constraint, BorrowerGroupExists.
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
    await _seat(session, fund_id, group_id, new.members, default=new.formed_on, pointer="/members/{}")
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
    LeftBeforeJoined and, by its constraint, BorrowerGroupExists.
    """
    before = await _standing(session, fund_id, group_id, actor=actor)
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True)
    ends: date | None = values.get("dissolved_on")
    registry.not_in_future(ends, "/dissolved_on", now=now)
    if ends is not None:
        if ends < before["formed_on"]:
            raise LeftBeforeJoined(pointer="/dissolved_on")
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
    registry.not_in_future(new.joined_on, "/joined_on", now=now)
    if new.joined_on is not None and new.joined_on < before["formed_on"]:
        raise LeftBeforeJoined(pointer="/joined_on")
    already = [
        one["member_id"] for one in await queries.in_group(session, group_id) if one["left_on"] is None
    ]
    if new.member_id in already:
        raise InGroupAlready(pointer="/member_id")
    await _seat(session, fund_id, group_id, [new], default=business_date(now), pointer="")
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
    """Let somebody leave a group; her share of what the group owes stays hers.

    Raises FundNotFound, BorrowerGroupNotFound, BorrowerGroupDissolved, NotInGroup, DateInFuture,
    LeftBeforeJoined.
    """
    before = await _standing(session, fund_id, group_id, actor=actor)
    registry.not_in_future(leaving.left_on, "/left_on", now=now)
    held = [one for one in await queries.in_group(session, group_id) if one["left_on"] is None]
    mine = next((one for one in held if one["member_id"] == member_id), None)
    if mine is None:
        raise NotInGroup
    if leaving.left_on < mine["joined_on"]:
        raise LeftBeforeJoined(pointer="/left_on")
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
    *,
    default: date,
    pointer: str,
) -> None:
    """Write who is in a group; `pointer` has a place for the number of the one that is refused."""
    ids = [one.member_id for one in members]
    known = await queries.present(session, fund_id, ids)
    strangers = [at for at, one in enumerate(ids) if one not in known]
    if strangers:
        where = [FieldError(f"{pointer.format(at)}/member_id", UnknownFundMember.code) for at in strangers]
        raise UnknownFundMember(errors=where)
    twice = [at for at, one in enumerate(ids) if one in ids[:at]]
    if twice:
        raise InGroupAlready(pointer=f"{pointer.format(twice[0])}/member_id")
    for one in members:
        await insert_row(
            session,
            _IN,
            id=uuid7(),
            group_id=group_id,
            member_id=one.member_id,
            role=one.role.value,
            joined_on=one.joined_on or default,
        )


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
