"""Findings that loans show: ceilings, rates, who borrows, who has died."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import service as deaths
from funds.deaths.rules import DeathDecision
from funds.deaths.schemas import DeathApproval, NewDeathDecision
from funds.findings import service
from funds.fund_settings import service as fund_settings
from funds.fund_settings.schemas import NewFundSetting
from funds.known_households import service as known_households
from funds.known_households.rules import Death
from funds.loans import lending as disbursing
from funds.loans import queries as loans
from funds.loans import service as lending
from funds.loans.rules import BookLoan, PlannedRow
from funds.loans.schemas import NewDisbursement
from funds.members.rules import Borrower
from funds.products import service as products
from funds.registry.rules import FundFacts
from shared.db import driver
from shared.ids import uuid7
from tests.factories import (
    APPROVER,
    NOW,
    OFFICER,
    TODAY,
    a_contract,
    a_fund,
    a_household,
    a_loan,
    a_meeting,
    a_member,
)


async def found(session: AsyncSession, code: str, *, now: datetime = NOW) -> list[dict[str, Any]]:
    """Look, and return the details of the open findings of a failing."""
    await service.look(session, now=now)
    rows = await (await driver(session)).fetch(
        "SELECT detail FROM fund_findings WHERE code = $1 AND closed_on IS NULL ORDER BY fact", code
    )
    return [row["detail"] for row in rows]


async def from_the_old_books(
    session: AsyncSession, fund: FundFacts, borrower: Borrower, *, product: str, **changes: Any
) -> UUID:
    """Take over a loan of 1,000.00 baht from books that nobody checked."""
    terms = await products.terms_of_code(session, product, on=TODAY)
    values: dict[str, Any] = {
        "contract_no": f"เก่า {uuid7()}",
        "contract_date": date(2025, 10, 1),
        "principal": 100_000,
        "outstanding": 100_000,
        "annual_rate": Fraction(0),
        "instalments": [PlannedRow(date(2026, 6, 30), 100_000, 0)],
        **changes,
    }
    loan = BookLoan(
        product_id=terms.product_id, borrower_kind=borrower.kind, borrower_id=borrower.id, **values
    )
    (loan_id,) = await lending.open_from_book(
        session, fund_id=fund.id, loans=[loan], cut_off=TODAY, actor=OFFICER, now=NOW
    )
    return loan_id


async def test_a_loan_that_the_service_made_breaks_no_rule(session: AsyncSession) -> None:
    for kind in ("womens", "poverty"):
        fund = await a_fund(session, kind=kind, capital=28_000_000)
        await a_loan(session, fund, amount=1_200_000, instalments=6)
    for code in ("A.2", "A.4", "A.5", "B.5"):
        assert await found(session, code) == []


async def test_a_longest_loan_paid_out_late_at_the_rate_that_was_approved_breaks_no_rule(
    session: AsyncSession,
) -> None:
    poverty = await a_fund(session, kind="poverty", capital=28_000_000)
    terms = {"every": 6, "due_day": 31}
    loan_id = await a_contract(session, poverty, amount=600_000, instalments=6, terms=terms)
    voucher = NewDisbursement.model_validate({"channel": "bank", "document_no": "บจ 1"})
    later = NOW + timedelta(days=45)
    await disbursing.disburse(session, loan_id=loan_id, new=voucher, actor=OFFICER, now=later)
    savings = await a_fund(session, kind="savings", capital=28_000_000)
    await a_loan(session, savings, amount=500_000, annual_rate="13.00", terms={"annual_rate": "13.00"})
    assert await found(session, "A.2", now=later) == []


async def test_a_loan_above_the_ceiling_or_longer_than_the_product_allows_is_found(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="poverty")
    terms = await products.terms_of_code(session, "POVERTY_LOAN", on=TODAY)
    assert terms.max_amount is not None
    assert terms.max_months is not None
    much = terms.max_amount + 1
    large = await from_the_old_books(
        session,
        fund,
        await a_household(session, fund),
        product="POVERTY_LOAN",
        principal=much,
        outstanding=100_000,
    )
    late = date(2025 + terms.max_months // 12, 11, 1)
    long = await from_the_old_books(
        session,
        fund,
        await a_household(session, fund),
        product="POVERTY_LOAN",
        instalments=[PlannedRow(late, 100_000, 0)],
    )
    rules = {
        (one["loan_id"], one["rule"]): (one["found"], one["allowed"]) for one in await found(session, "A.2")
    }
    assert rules == {
        (str(large), "max_amount"): (f"{much // 100}.{much % 100:02d}", f"{terms.max_amount // 100}.00"),
        (str(long), "max_months"): (late.isoformat(), str(terms.max_months)),
    }


async def test_a_loan_against_what_the_fund_resolved_for_itself_is_found_from_that_day_on(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings")
    new = NewFundSetting.model_validate(
        {
            "product_code": "SAVINGS_LOAN",
            "valid_from": TODAY,
            "annual_rate": "2.00",
            "max_amount": "500.00",
            "max_months": 3,
            "max_instalments": 1,
            "source": "มติที่ประชุมใหญ่",
        }
    )
    await fund_settings.add(session, fund_id=fund.id, new=new, actor=OFFICER, now=NOW)
    values: dict[str, Any] = {
        "annual_rate": Fraction(3, 100),
        "instalments": [PlannedRow(date(2026, 6, 29), 50_000, 0), PlannedRow(date(2026, 6, 30), 50_000, 0)],
        "product": "SAVINGS_LOAN",
    }
    member = await a_member(session, fund)
    loan = await from_the_old_books(session, fund, member, contract_date=TODAY, **values)
    await from_the_old_books(session, fund, member, contract_date=TODAY - timedelta(days=1), **values)
    told = {
        (one["loan_id"], one["rule"], one["found"], one["allowed"]) for one in await found(session, "A.2")
    }
    assert told == {
        (str(loan), "annual_rate", "3", "2"),
        (str(loan), "max_amount", "1000.00", "500.00"),
        (str(loan), "max_months", "2026-06-30", "3"),
        (str(loan), "max_instalments", "2", "1"),
    }


async def test_a_rate_above_the_cap_is_found_and_fifteen_per_cent_is_not(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="womens")
    member = await a_member(session, fund)
    rates = {"15.01": Fraction(1501, 10_000), "15": Fraction(15, 100)}
    made = {
        text: await from_the_old_books(session, fund, member, product="WOMENS_REVOLVING", annual_rate=rate)
        for text, rate in rates.items()
    }
    assert await found(session, "A.4") == [
        {"loan_id": str(made["15.01"]), "annual_rate": "15.01", "max_annual_rate": "15.00"}
    ]


async def test_who_is_no_member_and_who_is_not_on_the_register_were_not_entitled(
    session: AsyncSession,
) -> None:
    poverty = await a_fund(session, kind="poverty")
    stranger = await a_household(session, poverty, certified=False)
    entitled = await a_household(session, poverty)
    wrong = await from_the_old_books(session, poverty, stranger, product="POVERTY_LOAN")
    await from_the_old_books(session, poverty, entitled, product="POVERTY_LOAN")
    womens = await a_fund(session, kind="womens")
    newcomer = await a_member(session, womens, joined_on=date(2025, 12, 1))
    early = await from_the_old_books(session, womens, newcomer, product="WOMENS_REVOLVING")
    of = {one["loan_id"]: one["borrower"] for one in await found(session, "A.5")}
    assert of == {str(wrong): "household", str(early): "member"}


async def test_a_death_opens_the_finding_with_the_freeze_and_the_decision_closes_it(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", capital=28_000_000)
    member = await a_member(session, fund)
    (person_id,) = member.person_ids
    loan_id = await from_the_old_books(session, fund, member, product="SAVINGS_LOAN")
    death = Death(person_id, 1, None, fund.area_code, TODAY)
    await known_households.set_deaths(session, [death])
    await deaths.take_notice(session, [death], now=NOW)
    opened = await (await driver(session)).fetch("SELECT id FROM fund_findings WHERE code = 'B.5'")
    assert len(opened) == 1  # before any look
    assert await found(session, "B.5") == [{"loan_id": str(loan_id), "died_on": "2026-01-15"}]
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    assert loan.state.value == "frozen"
    proposal = NewDeathDecision(
        person_id=person_id,
        decision=DeathDecision.HEIRS,
        answerable="นายคำดี สายทอง (บุตร)",
        note="รับชำระต่อตามสัญญาเดิม",
        meeting_id=await a_meeting(session, fund),
    )
    by: dict[str, Any] = {"loan_id": loan_id, "now": NOW}
    await deaths.propose(session, if_match="*", new=proposal, actor=OFFICER, **by)
    approval = DeathApproval(person_id=person_id, decision="approve")
    await deaths.approve(session, approval=approval, if_match="*", actor=APPROVER, **by)
    assert await found(session, "B.5", now=NOW + timedelta(days=1)) == []


async def test_a_death_in_a_borrowing_household_is_found_whoever_it_was(session: AsyncSession) -> None:
    fund = await a_fund(session, kind="poverty")
    household = await a_household(session, fund)
    loan_id = await from_the_old_books(session, fund, household, product="POVERTY_LOAN")
    before = Death(uuid7(), 1, household.id, fund.area_code, date(2025, 1, 1))
    after = Death(uuid7(), 1, household.id, fund.area_code, TODAY)
    await known_households.set_deaths(session, [before, after])
    assert await found(session, "B.5") == [{"loan_id": str(loan_id), "died_on": "2026-01-15"}]
