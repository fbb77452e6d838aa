"""A loan paid out in parts, with receipts in between that do not stand."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import lending
from funds.loans import queries as loans
from funds.loans.schemas import NewDisbursement
from tests.demand.debts import FIRST_DUE
from tests.factories import NOW, OFFICER, a_contract, a_fund
from tests.repayments.helpers import at, pay, stands, take_back


def part(number: int, amount: str) -> NewDisbursement:
    return NewDisbursement.model_validate(
        {"amount": amount, "channel": "bank", "document_no": f"บจ {number}/2569"}
    )


async def test_interest_of_a_receipt_taken_back_is_asked_for_after_more_was_paid_out(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, kind="savings", capital=50_000_000)
    loan_id = await a_contract(session, fund, terms={"first_due": FIRST_DUE})
    await lending.disburse(session, loan_id=loan_id, new=part(1, "30000.00"), actor=OFFICER, now=NOW)
    first = (await loans.instalments(session, loan_id))[0]
    receipt = await pay(session, loan_id, FIRST_DUE, first["principal"] + first["interest"])
    again: dict[str, Any] = {"loan_id": loan_id, "actor": OFFICER}
    await lending.disburse(session, new=part(2, "30000.00"), now=at(date(2026, 3, 5)), **again)
    await take_back(session, receipt, date(2026, 3, 6))
    asked = sum(row["interest"] for row in await loans.instalments(session, loan_id))
    await lending.disburse(session, new=part(3, "1.00"), now=at(date(2026, 3, 7)), **again)
    await stands(session, loan_id)
    assert sum(row["interest"] for row in await loans.instalments(session, loan_id)) >= asked
