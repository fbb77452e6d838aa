"""A relief or a write-off is decided while receipts come in: no baht is lost, none counted twice."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.reliefs import service as reliefs
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared.db import Database
from shared.errors import Refusal
from shared.money import baht
from shared.testing.look import rows
from tests.demand.debts import LATE, TODAY, a_late_loan, in_days
from tests.factories import APPROVER, CHAIR

_OWED = """
SELECT loans.outstanding, loans.state, sum(one.principal - one.paid_principal) AS asked FROM loans
LEFT JOIN instalments AS one ON one.loan_id = loans.id AND one.schedule_no = loans.schedule_no
GROUP BY loans.id
"""


async def propose(session: AsyncSession, loan_id: UUID, terms: Mapping[str, Any]) -> UUID | None:
    """Propose what is decided below; a write-off where there are no terms."""
    if not terms:
        new = NewWriteOff(reason="ผู้กู้หายสาบสูญ")
        await write_offs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)
        return None
    words = dict(terms)
    if words["kind"] == "split":
        shares = await loans.shares(session, loan_id)
        part = baht(10_000_000 // len(shares))
        words["parts"] = [{"member_id": one, "amount": part} for one in shares]
    wanted = NewRelief.model_validate({"terms": words, "reason": "น้ำท่วม"})
    return await reliefs.propose(session, loan_id=loan_id, new=wanted, actor=CHAIR, now=LATE)


async def decide(session: AsyncSession, loan_id: UUID, relief_id: UUID | None) -> None:
    about: dict[str, Any] = {"loan_id": loan_id, "actor": APPROVER, "now": LATE}
    if relief_id is None:
        await write_offs.decide(session, if_match="*", decision=WriteOffDecision(decision="approve"), **about)
    else:
        decision = ReliefDecision(decision="approve")
        await reliefs.decide(session, relief_id=relief_id, decision=decision, **about)


@pytest.mark.parametrize(
    "terms",
    [
        {"kind": "reschedule", "instalments": 12, "first_due": in_days(30)},
        {"kind": "grace", "months": 3},
        {"kind": "interest_waiver", "amount": "100.00"},
        {"kind": "settlement", "amount": "100100.00", "due_on": in_days(20)},
        {"kind": "split"},
        {},
    ],
    ids=lambda terms: terms.get("kind", "write_off"),
)
async def test_receipts_that_come_in_while_it_is_decided_are_all_booked_once(
    database: Database, terms: dict[str, Any]
) -> None:
    async with database.transaction() as session:
        fund, loan_id = await a_late_loan(session)
        relief_id = await propose(session, loan_id, terms)

    async def repay(number: int) -> int:
        words = {"receipt_no": str(number), "paid_on": TODAY, "amount": "123.45", "channel": "bank"}
        new = NewRepayment.model_validate({"loan_id": loan_id, **words})
        try:
            async with database.transaction() as session:
                await repayments.record(session, new=new, actor=CHAIR, now=LATE)
        except Refusal:  # of a loan that was split meanwhile
            return 0
        return 1

    async def approve() -> int:
        try:
            async with database.transaction() as session:
                await decide(session, loan_id, relief_id)
        except Refusal:  # what is owed is less by now than it said
            return 0
        return 1

    order = [repay(0), repay(1), approve(), *(repay(number) for number in range(2, 8))]
    done = await asyncio.gather(*order)
    received = 12_345 * (sum(done) - done[2])
    async with database.transaction() as session:
        assert (await books.cash(session, fund.id)).cash == 40_000_000 + received
        in_books = await books.balance(session, fund.id, Account.LOANS)
    found = await rows(database, _OWED)
    assert sum(row["outstanding"] for row in found) == in_books
    for row in found:
        assert row["outstanding"] == 0 or row["asked"] == row["outstanding"]
    assert any(done)
