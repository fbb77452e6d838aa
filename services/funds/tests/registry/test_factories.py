"""What the other tests build on."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.committees import queries as committees
from funds.ledger import queries as ledger
from funds.members import queries as members
from funds.registry.rules import Kind
from tests.factories import TODAY, a_committee_member, a_fund, a_group, a_household, a_meeting, a_member


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_fund_of_each_kind_has_its_area_and_its_books(session: AsyncSession, kind: Kind) -> None:
    one, other = await a_fund(session, kind=kind), await a_fund(session, kind=kind)
    assert one.kind is kind
    assert one.area_code != other.area_code
    assert (await ledger.cash(session, one.id)).available == 0


async def test_a_group_borrows_with_all_its_members(session: AsyncSession) -> None:
    fund = await a_fund(session)
    group = await a_group(session, fund, size=6)
    assert (group.kind, group.size, len(group.member_ids), len(group.person_ids)) == ("group", 6, 6, 6)
    elsewhere = await a_fund(session)
    assert await members.borrower(session, "group", group.id, fund_id=elsewhere.id) is None


async def test_a_member_borrows_alone(session: AsyncSession) -> None:
    fund = await a_fund(session, kind=Kind.SAVINGS)
    member = await a_member(session, fund)
    assert (member.kind, member.size, member.member_ids) == ("member", 1, (member.id,))


async def test_a_household_borrows_where_it_lives_only(session: AsyncSession) -> None:
    fund = await a_fund(session, kind=Kind.POVERTY)
    household = await a_household(session, fund)
    assert (household.kind, household.name, household.size) == ("household", None, 1)
    elsewhere = await a_fund(session, kind=Kind.POVERTY)
    assert await members.borrower(session, "household", household.id, fund_id=elsewhere.id) is None


async def test_who_is_in_office_and_what_was_decided(session: AsyncSession) -> None:
    fund = await a_fund(session)
    term = await a_committee_member(session, fund)
    assert [one["id"] for one in await committees.in_office(session, fund.id, on=TODAY)] == [term]
    assert await committees.in_office(session, fund.id, on=date(2025, 9, 30)) == []
    meeting = await committees.meeting(session, await a_meeting(session, fund))
    assert meeting is not None
    assert (meeting["fund_id"], meeting["held_on"]) == (fund.id, date(2026, 1, 5))
