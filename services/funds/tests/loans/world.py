"""A loan partly paid out and a receipt for test_every_route.py, and what each write about them sends."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import lending
from funds.loans.schemas import NewDisbursement
from funds.registry import service as registry
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from tests.factories import NOW, OFFICER, a_contract

World = dict[str, str]


async def a_loan_in_use(session: AsyncSession, world: World) -> World:
    """Pay out a part of a loan and record a receipt that is kept ahead."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    loan_id = await a_contract(session, fund, instalments=24, amount=5_000_000)
    part = NewDisbursement.model_validate(
        {"amount": "30000.00", "channel": "bank", "document_no": "บจ 900/2569"}
    )
    paid_out = await lending.disburse(session, loan_id=loan_id, new=part, actor=OFFICER, now=NOW)
    receipt = NewRepayment.model_validate(
        {"loan_id": loan_id, "receipt_no": "ร 900/2569", "amount": "50.00", "channel": "cash"}
    )
    paid = await repayments.record(session, new=receipt, actor=OFFICER, now=NOW + timedelta(days=1))
    ids = {"loan_id": loan_id, "disbursement_id": paid_out, "repayment_id": paid.id, "schedule_no": 1}
    return {name: str(value) for name, value in ids.items()}


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [a_loan_in_use]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "disburse_loan": lambda _: {"channel": "bank", "document_no": "บจ 901/2569"},
    "cancel_loan": lambda _: {"reason": "ผู้กู้ขอยกเลิก"},
    "reverse_repayment": lambda _: {"reason": "บันทึกผิดสัญญา"},
    "refund_advance": lambda _: {"channel": "cash", "document_no": "บจ 902/2569"},
}
