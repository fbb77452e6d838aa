"""Many members at once, out of a register that is taken over."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.members import queries
from funds.registry.rules import FundFacts
from shared import audit
from shared.db import driver
from shared.security import Principal
from shared.thai import name_key


class Joining(NamedTuple):
    """Somebody who becomes a member; without a number she gets the next free one."""

    id: UUID
    member_no: str | None
    name: str
    phone: str | None
    joined_on: date
    household_id: UUID | None = None


_ENROL = """
INSERT INTO fund_members
    (id, fund_id, area_code, member_no, name, name_key, phone, joined_on, household_id, created_at,
        updated_at)
SELECT id, $1, $2, member_no, name, name_key, phone, joined_on, household_id, $3, $3
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::uuid[])
    AS new (id, member_no, name, name_key, phone, joined_on, household_id)
"""


async def enrol(
    session: AsyncSession, *, fund: FundFacts, people: Sequence[Joining], actor: Principal, now: datetime
) -> None:
    """Let people join a fund whose lock the caller holds, in one statement.

    By constraints MemberNumberTaken, FundMemberExists.
    """
    if not people:
        return
    taken = {one.member_no for one in people}
    number = int(await queries.next_number(session, fund.id))
    numbers = []
    for one in people:
        while one.member_no is None and str(number) in taken:
            number += 1
        numbers.append(one.member_no or str(number))
        number += one.member_no is None
    await (await driver(session)).execute(
        _ENROL,
        fund.id,
        fund.area_code,
        now,
        [one.id for one in people],
        numbers,
        [one.name for one in people],
        [name_key(one.name) for one in people],
        [one.phone for one in people],
        [one.joined_on for one in people],
        [one.household_id for one in people],
    )
    detail = {"members": len(people)}
    await audit.record(
        session, principal=actor, action="fund_member.enrol_many", subjects=[fund.id], now=now, detail=detail
    )
