"""What is told of repayments."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.loans.rules import Band
from shared.events import Event


class LoanRepaid(Event, type="funds.loan.repaid.v1"):
    """Money came back on a loan (รับชำระหนี้); the amount as a band of baht."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    paid_on: date
    amount_band: Band


class RepaymentReversed(Event, type="funds.repayment.reversed.v1"):
    """A receipt that was told of as `loan.repaid` does not stand (กลับรายการรับชำระ); its amount as a band."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    paid_on: date
    reversed_on: date
    amount_band: Band
    reopened: bool
    """The loan was told of as closed, and is open again."""
