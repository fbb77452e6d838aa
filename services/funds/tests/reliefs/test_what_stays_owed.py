"""A relief gives up what it says and nothing else: interest and penalties until its day stay owed."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.loans import service as lending
from funds.reliefs import service
from funds.reliefs.errors import DueTooFar
from funds.reliefs.schemas import NewRelief, ReliefDecision
from shared.db import driver
from shared.money import baht
from tests.demand.debts import LATE, TODAY, a_late_loan, in_days
from tests.factories import APPROVER, CHAIR, NOW, a_fund, a_loan

_OWED = """
SELECT sum(row.penalty - row.paid_penalty)::bigint FROM instalments AS row
JOIN loans ON loans.id = row.loan_id AND loans.schedule_no = row.schedule_no WHERE loans.fund_id = $1
"""


async def relieved(session: AsyncSession, loan_id: UUID, terms: dict[str, Any]) -> None:
    about: dict[str, Any] = {"loan_id": loan_id, "now": LATE}
    new = NewRelief.model_validate({"terms": terms, "reason": "น้ำท่วมพื้นที่เพาะปลูก"})
    relief_id = await service.propose(session, new=new, actor=CHAIR, **about)
    decision = ReliefDecision(decision="approve")
    await service.decide(session, relief_id=relief_id, decision=decision, actor=APPROVER, **about)


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "reschedule", "instalments": 12, "first_due": in_days(30)},
        {"kind": "grace", "months": 3},
        {"kind": "interest_waiver", "amount": "1.00"},
        {"kind": "split"},
    ],
)
async def test_a_relief_keeps_the_penalty_that_was_charged_until_its_day(
    session: AsyncSession, terms: dict[str, Any]
) -> None:
    fund, loan_id = await a_late_loan(session)
    loan = await loans.locked(session, loan_id)
    assert loan is not None
    charged = sum(row.owed_penalty for row in await lending.charged(session, loan, on=TODAY))
    assert charged > 0
    if terms["kind"] == "split":
        shares = await loans.shares(session, loan_id)
        parts = [{"member_id": member, "amount": baht(amount)} for member, amount in shares.items()]
        terms = {**terms, "parts": parts}
    await relieved(session, loan_id, terms)
    assert await (await driver(session)).fetchval(_OWED, fund.id) == charged


async def test_interest_of_the_months_before_a_relief_stays_owed(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=50_000_000, now=NOW)
    first = {"period": "year", "first_due": date(2027, 1, 15)}
    loan_id = await a_loan(session, fund, instalments=2, terms=first, now=NOW)
    (year, *_) = await loans.instalments(session, loan_id)
    assert (year["from_on"], year["interest"]) == (date(2026, 1, 15), 300_000)
    await relieved(session, loan_id, {"kind": "reschedule", "instalments": 10, "first_due": in_days(30)})
    (month, *_) = await loans.instalments(session, loan_id)
    borne = 300_000 * (TODAY - date(2026, 1, 15)).days // 365
    assert borne == 94_520
    assert month["interest"] == borne + 1 + 25_000  # half up, and the new first month of 3 % a year


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "settlement", "amount": "100000.00", "due_on": "2149-06-01"},
        {"kind": "reschedule", "instalments": 12, "first_due": "2149-06-01"},
    ],
)
async def test_a_day_of_the_buddhist_era_given_as_a_common_one_is_refused(
    session: AsyncSession, terms: dict[str, Any]
) -> None:
    _, loan_id = await a_late_loan(session)
    with pytest.raises(DueTooFar):
        await relieved(session, loan_id, terms)
