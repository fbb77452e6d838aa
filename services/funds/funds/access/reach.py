"""Poor households and how far they have come to a fund.

known_households, members, groups' shares, loans, funds and books are other capabilities' tables; they are
read here set-based, because one household at a time would cost a statement each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.access.rules import Household, NearFund, Reach, VillageFacts
from funds.registry.rules import TAMBON, Kind
from shared.areas import widest
from shared.db import driver

_OPEN = "loan.state IN ('contracted', 'active', 'frozen')"
# Three questions, each answered by an index; one with an OR would read all loans for each household.
_BORROWS = f"""EXISTS (
    SELECT FROM loans AS loan WHERE loan.borrower_id = poor.household_id AND {_OPEN}
) OR EXISTS (
    SELECT FROM fund_members AS member JOIN loans AS loan ON loan.borrower_id = member.id
    WHERE member.household_id = poor.household_id AND {_OPEN}
) OR EXISTS (
    SELECT FROM fund_members AS member
    JOIN loan_shares AS share ON share.member_id = member.id JOIN loans AS loan ON loan.id = share.loan_id
    WHERE member.household_id = poor.household_id AND {_OPEN}
)"""  # noqa: S608  # our own constant texts
REACH: Final = f"""CASE
    WHEN {_BORROWS} THEN 'borrower'
    WHEN EXISTS (
        SELECT FROM fund_members AS member
        WHERE member.household_id = poor.household_id AND member.state = 'active'
    ) THEN 'member'
    ELSE 'none'
END"""  # our own constant texts
"""How far a household has come, beside anything called `poor` that has a `household_id`."""

_POOR = "(poor.certified OR poor.target_poor > 0)"
_WANTED = f"""
SELECT poor.household_id, poor.village_code, poor.certified, poor.edition_year, poor.dimensions,
    poor.target_poor, poor.income_band, {REACH} AS reach, invited.result AS invited
FROM known_households AS poor
LEFT JOIN LATERAL (
    SELECT result FROM access_invitations AS i WHERE i.household_id = poor.household_id
    ORDER BY i.invited_on DESC, i.id DESC LIMIT 1
) AS invited ON true
WHERE {_POOR} AND poor.village_code LIKE ANY($1) AND poor.village_code LIKE $2 || '%'
  AND ($3::boolean IS NULL OR poor.certified = $3)
  AND ($4::boolean IS NULL OR $4 = (invited.result IS NOT NULL))
  AND ($5::text IS NULL OR $5 = {REACH})
"""  # noqa: S608  # likewise
_PAGE = f"""{_WANTED} AND ($6::text IS NULL OR (poor.village_code, poor.household_id) > ($6, $7::uuid))
ORDER BY poor.village_code, poor.household_id LIMIT $8
"""  # likewise
_COUNT = f"SELECT count(*) FROM ({_WANTED}) AS listed"  # noqa: S608  # likewise
_ONE = f"""
SELECT poor.household_id, poor.village_code, poor.certified, {_POOR} AS poor, {REACH} AS reach
FROM known_households AS poor WHERE poor.household_id = $1
"""  # noqa: S608  # likewise
_MEMBER_OF = """
SELECT household_id, array_agg(DISTINCT fund_id) AS funds,
    coalesce(array_agg(DISTINCT fund_id) FILTER (WHERE EXISTS (
        SELECT FROM group_members AS seat JOIN borrower_groups AS team ON team.id = seat.group_id
        WHERE seat.member_id = fund_members.id AND seat.left_on IS NULL AND team.dissolved_on IS NULL
    )), '{}') AS grouped
FROM fund_members WHERE household_id = ANY($1) AND state = 'active' GROUP BY household_id
"""
_NEAR = """
SELECT funds.id, funds.kind, funds.area_code, funds.name_th, books.cash - books.reserved AS available
FROM funds JOIN fund_books AS books ON books.fund_id = funds.id
WHERE funds.area_code = ANY($1) AND funds.state = 'active'
"""
_VILLAGES = f"""
SELECT village_code AS area_code, count(*)::int AS poor,
    count(*) FILTER (WHERE reach = 'none')::int AS without_access,
    count(*) FILTER (WHERE reach = 'member')::int AS members_only,
    count(*) FILTER (WHERE certified AND reach <> 'borrower')::int AS certified_without_loan,
    (
        SELECT count(*) FROM funds
        WHERE funds.area_code IN (village_code, left(village_code, {TAMBON})) AND funds.state <> 'closed'
    )::int AS funds
FROM (
    SELECT poor.village_code, poor.certified, {REACH} AS reach
    FROM known_households AS poor
    WHERE {_POOR} AND poor.village_code LIKE ANY($1) AND poor.village_code LIKE $2 || '%'
      AND ($3::text IS NULL OR poor.village_code > $3)
) AS listed
GROUP BY village_code
"""  # noqa: S608  # likewise
_LACKING = f"{_VILLAGES} HAVING count(*) FILTER (WHERE reach <> 'borrower') > 0"
_LACKING_PAGE = f"{_LACKING} ORDER BY 1 LIMIT $4"
_LACKING_COUNT = f"SELECT count(*) FROM ({_LACKING}) AS listed"  # noqa: S608  # likewise


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose households, where, how far come, on the register, invited."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    reach: Reach | None = Reach.NONE
    certified: bool | None = None
    invited: bool | None = None


def _given(wanted: Wanted) -> tuple[Any, ...]:
    reach = None if wanted.reach is None else wanted.reach.value
    return _prefixes(wanted.areas), wanted.area, wanted.certified, wanted.invited, reach


def _prefixes(areas: Sequence[str]) -> list[str]:
    return [f"{prefix}%" for prefix in widest(areas)]


async def page(
    session: AsyncSession, *, wanted: Wanted, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` poor households by village and id, from the first after `after`."""
    village, household = after or (None, None)
    return list(await (await driver(session)).fetch(_PAGE, *_given(wanted), village, household, limit))


async def count(session: AsyncSession, *, wanted: Wanted) -> int:
    """Return how many poor households the filters leave."""
    return int(await (await driver(session)).fetchval(_COUNT, *_given(wanted)))


async def one(session: AsyncSession, household_id: UUID) -> asyncpg.Record | None:
    """Return what is known of a household: `village_code, certified, poor, reach`."""
    return await (await driver(session)).fetchrow(_ONE, household_id)


async def with_memberships(session: AsyncSession, rows: Sequence[asyncpg.Record]) -> list[Household]:
    """Return households as the rules take them, with the funds that have a member of each."""
    ids = [row["household_id"] for row in rows]
    of = {
        row["household_id"]: (frozenset(row["funds"]), frozenset(row["grouped"]))
        for row in await (await driver(session)).fetch(_MEMBER_OF, ids)
    }
    none: tuple[frozenset[UUID], frozenset[UUID]] = (frozenset(), frozenset())
    return [
        Household(
            row["household_id"], row["village_code"], row["certified"], *of.get(row["household_id"], none)
        )
        for row in rows
    ]


async def near(session: AsyncSession, villages: Sequence[str]) -> list[NearFund]:
    """Return the active funds of villages and of their tambons."""
    codes = sorted({*villages, *(village[:TAMBON] for village in villages)})
    return [
        NearFund(row["id"], Kind(row["kind"]), row["area_code"], row["name_th"], row["available"])
        for row in await (await driver(session)).fetch(_NEAR, codes)
    ]


async def lacking(
    session: AsyncSession, *, areas: Sequence[str], area: str, after: str | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` villages with poor households who do not borrow, by code, from the first after."""
    return list(await (await driver(session)).fetch(_LACKING_PAGE, _prefixes(areas), area, after, limit))


async def count_lacking(session: AsyncSession, *, areas: Sequence[str], area: str) -> int:
    """Return how many such villages there are."""
    return int(await (await driver(session)).fetchval(_LACKING_COUNT, _prefixes(areas), area, None))


async def village(session: AsyncSession, code: str) -> VillageFacts:
    """Return what the data says of a village."""
    rows = await (await driver(session)).fetch(_VILLAGES, [code], code, None)
    return facts(rows[0]) if rows else VillageFacts(len(await near(session, [code])), 0, 0, 0, 0)


def facts(row: asyncpg.Record) -> VillageFacts:
    """Return a village's row as the rules take it."""
    names = VillageFacts.__dataclass_fields__
    return VillageFacts(**{name: row[name] for name in names})
