"""What is told of grants: surrogate ids, area codes, the amount as a band."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.loans.rules import Band
from funds.products.rules import BorrowerKind
from shared.events import Event


class GrantPaid(Event, type="funds.grant.paid.v1"):
    """A grant was paid out (จ่ายเงินอุดหนุน)."""

    grant_id: UUID
    application_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    borrower_kind: BorrowerKind
    borrower_id: UUID
    paid_on: date
    amount_band: Band


class GrantReversed(Event, type="funds.grant.reversed.v1"):
    """A payment that was told of as `grant.paid` was booked wrongly (กลับรายการจ่ายเงินอุดหนุน)."""

    grant_id: UUID
    application_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    paid_on: date
    reversed_on: date
    amount_band: Band
