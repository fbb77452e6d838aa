"""Every SELECT on members and groups, and the one way others ask who borrows.

Whoever asks has made sure that the fund is in the caller's areas (`registry.service.require`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.known_households import queries as known_households
from funds.members.models import BorrowerGroup, FundMember, GroupMember
from funds.members.rules import Borrower, BorrowerKind
from funds.registry import queries as registry
from shared.db import counted, driver, fetch, seek
from shared.thai import name_key

_MEMBERS = FundMember.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_GROUPS = BorrowerGroup.__table__  # type: ignore[attr-defined]  # likewise
_IN = GroupMember.__table__  # type: ignore[attr-defined]  # likewise
_SHOWN = [column for column in _MEMBERS.c if column.name != "name_key"]
_SIZE = (
    select(func.count())
    .where(_IN.c.group_id == _GROUPS.c.id, _IN.c.left_on.is_(None))
    .scalar_subquery()
    .label("size")
)


@dataclass(frozen=True, slots=True)
class Members:
    """Members of one fund."""

    fund_id: UUID
    state: str | None = None
    q: str | None = None
    updated_since: datetime | None = None
    on: date | None = None
    """Only who was a member at the end of this day."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of one fund; all that changed with `updated_since`."""

    fund_id: UUID
    dissolved: bool = False
    updated_since: datetime | None = None


def _listed(wanted: Members) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(_MEMBERS.c.fund_id == wanted.fund_id)
    if wanted.state is not None:
        statement = statement.where(_MEMBERS.c.state == wanted.state)
    elif wanted.updated_since is None and wanted.on is None:
        statement = statement.where(_MEMBERS.c.state == "active")
    if wanted.on is not None:
        stays = or_(_MEMBERS.c.left_on.is_(None), _MEMBERS.c.left_on > wanted.on)
        statement = statement.where(_MEMBERS.c.joined_on <= wanted.on, stays)
    if wanted.updated_since is not None:
        statement = statement.where(_MEMBERS.c.updated_at >= wanted.updated_since)
    if wanted.q is not None:
        named = _MEMBERS.c.name_key.contains(name_key(wanted.q), autoescape=True)
        statement = statement.where(or_(named, _MEMBERS.c.member_no == wanted.q))
    return statement


async def page(
    session: AsyncSession, *, wanted: Members, after: tuple[UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` members by id, from the first after `after`."""
    statement = _listed(wanted).order_by(_MEMBERS.c.id).limit(limit)
    if after is not None:
        statement = statement.where(_MEMBERS.c.id > after[0])
    return await fetch(session, statement)


async def count(session: AsyncSession, wanted: Members) -> int:
    """Return how many members there are."""
    return await counted(session, _listed(wanted))


async def one(session: AsyncSession, fund_id: UUID, member_id: UUID) -> asyncpg.Record | None:
    """Return a member of a fund, in whatever state."""
    statement = select(*_SHOWN).where(_MEMBERS.c.id == member_id, _MEMBERS.c.fund_id == fund_id)
    rows = await fetch(session, statement)
    return rows[0] if rows else None


async def present(session: AsyncSession, fund_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids who are members of the fund now."""
    statement = "SELECT id FROM fund_members WHERE id = ANY($2) AND fund_id = $1 AND state = 'active'"
    return {row["id"] for row in await (await driver(session)).fetch(statement, fund_id, list(ids))}


async def bound(session: AsyncSession, member_id: UUID) -> tuple[bool, bool]:
    """Tell whether an open loan keeps a member: as one who answers for it, and as one who guarantees it."""
    row = await (await driver(session)).fetchrow(_BOUND, member_id)
    assert row is not None  # noqa: S101  # it has no FROM
    return row["owes"], row["guarantees"]


async def lent_to(session: AsyncSession, group_id: UUID) -> bool:
    """Tell whether a group has an open loan."""
    return bool(await (await driver(session)).fetchval(_LENT_TO, group_id))


async def next_number(session: AsyncSession, fund_id: UUID) -> str:
    """Return the number after the highest one that is only digits; the caller holds the fund's lock."""
    statement = (
        "SELECT coalesce(max(member_no::bigint), 0) + 1 FROM fund_members "
        "WHERE fund_id = $1 AND member_no ~ '^[0-9]{1,15}$'"
    )
    return str(await (await driver(session)).fetchval(statement, fund_id))


async def page_of_groups(
    session: AsyncSession, wanted: Groups, *, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` groups by id, from the first after `after`."""
    return await fetch(session, seek(_groups(wanted), _GROUPS.c.id, after, limit=limit))


async def count_groups(session: AsyncSession, wanted: Groups) -> int:
    """Return how many groups there are."""
    return await counted(session, _groups(wanted))


async def group(session: AsyncSession, fund_id: UUID, group_id: UUID) -> asyncpg.Record | None:
    """Return a group of a fund, dissolved ones too."""
    rows = await fetch(session, _groups(Groups(fund_id, dissolved=True)).where(_GROUPS.c.id == group_id))
    return rows[0] if rows else None


async def in_group(session: AsyncSession, group_id: UUID) -> list[asyncpg.Record]:
    """Return everybody's time in a group, by first day."""
    columns = (
        _IN.c.member_id,
        _MEMBERS.c.member_no,
        _MEMBERS.c.name,
        _IN.c.role,
        _IN.c.joined_on,
        _IN.c.left_on,
    )
    statement = select(*columns).join(_MEMBERS, _MEMBERS.c.id == _IN.c.member_id)
    statement = statement.where(_IN.c.group_id == group_id).order_by(_IN.c.joined_on, _IN.c.id)
    return await fetch(session, statement)


def _groups(wanted: Groups) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_GROUPS.c, _SIZE).where(
        _GROUPS.c.fund_id == wanted.fund_id
    )
    if wanted.updated_since is not None:
        return statement.where(_GROUPS.c.updated_at >= wanted.updated_since)
    return statement if wanted.dissolved else statement.where(_GROUPS.c.dissolved_on.is_(None))


async def borrower(
    session: AsyncSession, kind: BorrowerKind, borrower_id: UUID, *, fund_id: UUID
) -> Borrower | None:
    """Return who would borrow: a present member, a standing group, or a household of the fund's area.

    None where there is none such in this fund now. Whether a household is certified is not asked here:
    `known_households.queries.one` says it.
    """
    if kind == "household":
        return await _household(session, borrower_id, fund_id=fund_id)
    rows = await (await driver(session)).fetch(
        _BY_MEMBER if kind == "member" else _BY_GROUP, borrower_id, fund_id
    )
    if not rows:
        return None
    members = [row for row in rows if row["member_id"] is not None]
    return Borrower(
        kind=kind,
        id=borrower_id,
        name=rows[0]["name"],
        person_ids=tuple(row["person_id"] for row in members if row["person_id"] is not None),
        member_ids=tuple(row["member_id"] for row in members),
        size=len(members),
        household_ids=tuple(row["household_id"] for row in members if row["household_id"] is not None),
    )


async def _household(session: AsyncSession, household_id: UUID, *, fund_id: UUID) -> Borrower | None:
    known = await known_households.one(session, household_id)
    fund = await registry.fund(session, fund_id, areas=("",))
    if known is None or fund is None or not known["village_code"].startswith(fund["area_code"]):
        return None
    rows = await (await driver(session)).fetch(_BY_HOUSEHOLD, household_id, fund_id)
    return Borrower(
        kind="household",
        id=household_id,
        name=None,
        person_ids=tuple(row["person_id"] for row in rows if row["person_id"] is not None),
        member_ids=tuple(row["member_id"] for row in rows),
        size=1,
        household_ids=(household_id,),
    )


_BY_MEMBER = """
SELECT name, id AS member_id, person_id, household_id FROM fund_members
WHERE id = $1 AND fund_id = $2 AND state = 'active'
"""
_BY_GROUP = """
SELECT borrower_groups.name, fund_members.id AS member_id, fund_members.person_id, fund_members.household_id
FROM borrower_groups
LEFT JOIN group_members ON group_members.group_id = borrower_groups.id AND group_members.left_on IS NULL
LEFT JOIN fund_members ON fund_members.id = group_members.member_id AND fund_members.state = 'active'
WHERE borrower_groups.id = $1 AND borrower_groups.fund_id = $2 AND borrower_groups.dissolved_on IS NULL
ORDER BY fund_members.id
"""
_BY_HOUSEHOLD = """
SELECT id AS member_id, person_id FROM fund_members
WHERE household_id = $1 AND fund_id = $2 AND state = 'active' ORDER BY id
"""
# Loans and guarantors are others' tables, each asked by its own index.
_OPEN = "state IN ('contracted', 'active', 'frozen')"
_BOUND = f"""
SELECT EXISTS (
    SELECT FROM loans WHERE (borrower_id = $1 OR answerable_member_id = $1) AND {_OPEN}
) OR EXISTS (
    SELECT FROM loan_shares JOIN loans ON loans.id = loan_shares.loan_id
    WHERE loan_shares.member_id = $1 AND {_OPEN}
) AS owes, EXISTS (
    SELECT FROM application_guarantors AS guarantor
    JOIN loans ON loans.application_id = guarantor.application_id
    WHERE guarantor.member_id = $1 AND {_OPEN}
) AS guarantees
"""  # noqa: S608  # our own constant texts
_LENT_TO = f"""
SELECT EXISTS (SELECT FROM loans WHERE borrower_id = $1 AND borrower_kind = 'group' AND {_OPEN})
"""  # noqa: S608  # likewise
