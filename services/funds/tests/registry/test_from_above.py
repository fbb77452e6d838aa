"""What is said of a fund's state is said by who oversees it, never by the fund itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.registry import service
from funds.registry.errors import NotFromAbove
from funds.registry.rules import State
from funds.registry.schemas import StateChange
from tests.factories import APPROVER, CHAIR, NOW, TODAY, a_committee_member, a_fund, a_person


@pytest.mark.parametrize("area", ["3419", "34", ""])
async def test_the_district_the_province_and_the_department_oversee_a_villages_fund(
    session: AsyncSession, area: str
) -> None:
    fund = await a_fund(session, kind="poverty", area_code="34190301")
    above = a_person("office", areas=("3415", area))
    await service.from_above(session, fund.id, fund.area_code, actor=above)


@pytest.mark.parametrize("area", ["341903", "34190301", "3415"])
async def test_neither_a_village_nor_a_tambon_oversees_a_fund_that_lies_in_it(
    session: AsyncSession, area: str
) -> None:
    fund = await a_fund(session, kind="poverty", area_code="34190301")
    with pytest.raises(NotFromAbove) as refused:
        await service.from_above(session, fund.id, fund.area_code, actor=a_person("chair", areas=(area,)))
    assert refused.value.extra == {"district": "3419"}


@pytest.mark.parametrize("ago", [None, 500])
async def test_who_sits_or_once_sat_on_its_committee_does_not_oversee_a_fund_whatever_area_she_was_given(
    session: AsyncSession, ago: int | None
) -> None:
    fund = await a_fund(session, kind="poverty")
    term: dict[str, Any] = {"term_from": TODAY - timedelta(days=900)}
    term["term_to"] = None if ago is None else TODAY - timedelta(days=ago)
    await a_committee_member(session, fund, subject=CHAIR.subject, **term)
    await a_committee_member(session, await a_fund(session, kind="poverty"), subject=APPROVER.subject)
    with pytest.raises(NotFromAbove):
        await service.from_above(session, fund.id, fund.area_code, actor=CHAIR)
    await service.from_above(session, fund.id, fund.area_code, actor=APPROVER)


async def test_a_suspended_fund_does_not_take_itself_back_into_business(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty")
    halt, resume = (
        StateChange(state=state, reason="ตรวจสอบบัญชี") for state in (State.SUSPENDED, State.ACTIVE)
    )
    await service.set_state(session, fund_id=fund.id, change=halt, actor=APPROVER, now=NOW)
    itself = a_person("chair", areas=(fund.area_code,))
    with pytest.raises(NotFromAbove):
        await service.set_state(session, fund_id=fund.id, change=resume, actor=itself, now=NOW)
