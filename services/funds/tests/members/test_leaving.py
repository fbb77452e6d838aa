"""Nobody leaves what she owes, guarantees or has saved; a group stays together while its loan is open."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import lending
from funds.loans import queries as loans
from funds.members import groups, queries, service
from funds.members.errors import GroupHasLoan, LeftBeforeJoined, MemberGuarantees, MemberHasLoan
from funds.members.rules import Borrower, LeaveReason
from funds.members.schemas import BorrowerGroupChange, GroupLeaving, Leaving, NewBorrowerGroup, NewGroupMember
from funds.registry.errors import DateInFuture
from funds.registry.rules import FundFacts
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from tests.factories import NOW, OFFICER, TODAY, a_contract, a_fund, a_group, a_loan, a_member

RESIGNED = Leaving(left_on=TODAY, reason=LeaveReason.RESIGNED)


async def leave(session: AsyncSession, fund: FundFacts, member: UUID, leaving: Leaving = RESIGNED) -> None:
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    await service.leave(session, member_id=member, leaving=leaving, **by)


async def repay(session: AsyncSession, loan_id: UUID) -> None:
    facts = {"receipt_no": "ร 1/2569", "paid_on": TODAY, "channel": "cash", "early": "payoff"}
    new = NewRepayment.model_validate({"loan_id": loan_id, "amount": "10000.00", **facts})
    await repayments.record(session, new=new, actor=OFFICER, now=NOW)


async def a_savers_loan(session: AsyncSession, **changes: Any) -> tuple[FundFacts, Borrower, UUID]:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower = await a_member(session, fund)
    return fund, borrower, await a_loan(session, fund, borrower=borrower, amount=1_000_000, **changes)


async def test_who_owes_leaves_when_the_loan_is_repaid(session: AsyncSession) -> None:
    fund, borrower, loan_id = await a_savers_loan(session)
    for reason in (LeaveReason.RESIGNED, LeaveReason.MOVED_AWAY, LeaveReason.REMOVED, LeaveReason.MISTAKE):
        with pytest.raises(MemberHasLoan):
            await leave(session, fund, borrower.id, Leaving(left_on=TODAY, reason=reason))
    await repay(session, loan_id)
    await leave(session, fund, borrower.id)
    assert await queries.present(session, fund.id, [borrower.id]) == set()


async def test_a_contract_that_is_not_paid_out_binds_until_it_is_called_off(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower = await a_member(session, fund)
    loan_id = await a_contract(session, fund, borrower=borrower)
    with pytest.raises(MemberHasLoan):
        await leave(session, fund, borrower.id)
    await lending.cancel(session, loan_id=loan_id, reason="ผู้กู้ขอยกเลิก", actor=OFFICER, now=NOW)
    await leave(session, fund, borrower.id)


async def test_who_guarantees_leaves_when_the_loan_is_repaid(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    borrower, surety = await a_member(session, fund), await a_member(session, fund)
    guarantors = [{"member_id": surety.id}]
    loan_id = await a_loan(session, fund, borrower=borrower, amount=1_000_000, guarantors=guarantors)
    with pytest.raises(MemberGuarantees):
        await leave(session, fund, surety.id)
    await repay(session, loan_id)
    await leave(session, fund, surety.id)


async def test_who_has_died_leaves_whatever_she_owes(session: AsyncSession) -> None:
    fund, borrower, _ = await a_savers_loan(session)
    await leave(session, fund, borrower.id, Leaving(left_on=TODAY, reason=LeaveReason.DIED))
    assert await queries.present(session, fund.id, [borrower.id]) == set()


async def test_a_group_stays_together_while_its_loan_is_open(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=50_000_000)
    group, idle = await a_group(session, fund), await a_group(session, fund)
    loan_id = await a_loan(session, fund, borrower=group)
    assert set(await loans.shares(session, loan_id)) == set(group.member_ids)
    with pytest.raises(MemberHasLoan):
        await leave(session, fund, group.member_ids[0])
    by: dict[str, Any] = {"fund_id": fund.id, "actor": OFFICER, "now": NOW}
    going = GroupLeaving(left_on=TODAY)
    end = BorrowerGroupChange(dissolved_on=TODAY)
    with pytest.raises(GroupHasLoan):
        await groups.leave(session, group_id=group.id, member_id=group.member_ids[0], leaving=going, **by)
    with pytest.raises(GroupHasLoan):
        await groups.change(session, group_id=group.id, patch=end, if_match="*", **by)
    await groups.change(
        session, group_id=group.id, patch=BorrowerGroupChange(name="ชื่อใหม่"), if_match="*", **by
    )
    await groups.leave(session, group_id=idle.id, member_id=idle.member_ids[0], leaving=going, **by)
    await groups.change(session, group_id=idle.id, patch=end, if_match="*", **by)


@pytest.mark.parametrize(
    ("joined_on", "refusal"), [("2099-01-01", DateInFuture), ("2023-12-31", LeftBeforeJoined)]
)
async def test_nobody_is_in_a_group_before_it_is_formed_or_from_tomorrow_on(
    session: AsyncSession, joined_on: str, refusal: type[Exception]
) -> None:
    fund = await a_fund(session)
    early = {"member_id": (await a_member(session, fund)).id, "joined_on": joined_on}
    seats = [NewGroupMember.model_validate(early)]
    new = NewBorrowerGroup(name="กลุ่มทอผ้า", formed_on=date(2024, 1, 1), members=seats)
    with pytest.raises(refusal) as refused:
        await groups.form(session, fund_id=fund.id, new=new, actor=OFFICER, now=NOW)
    assert refused.value.errors[0].pointer == "/members/0/joined_on"  # type: ignore[attr-defined]  # a refusal has them
