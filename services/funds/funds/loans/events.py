"""What is told of loans: surrogate ids, area codes, states, and amounts as bands."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from funds.loans.rules import Band, ClosedBecause
from shared.events import Event


class LoanDisbursed(Event, type="funds.loan.disbursed.v1"):
    """Money was paid out on a loan (จ่ายเงินกู้)."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    product_code: str = Field(examples=["WOMENS_REVOLVING"])
    borrower_kind: Literal["member", "group", "household"]
    borrower_id: UUID
    paid_on: date
    amount_band: Band


class DisbursementUndone(Event, type="funds.disbursement.reversed.v1"):
    """Money that was told of as `loan.disbursed` was recorded wrongly (กลับรายการจ่ายเงินกู้)."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    paid_on: date
    reversed_on: date
    amount_band: Band


class LoanClosed(Event, type="funds.loan.closed.v1"):
    """Nothing is owed on a loan any more, or its contract came to nothing (ปิดสัญญา)."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    closed_on: date
    because: ClosedBecause
