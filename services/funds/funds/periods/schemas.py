"""What the API takes and gives about closed periods."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.ledger.schemas import TrialBalanceRow
from funds.periods.rules import PeriodKind
from shared.money import BahtOut
from shared.schemas import Schema


class NewPeriod(Schema):
    """A period to close."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"period_to": "2025-09-30", "kind": "year"}]})

    period_to: Annotated[date, Field(description="Last day of the period, a month's last day")]
    kind: PeriodKind = PeriodKind.MONTH


class PeriodOut(Schema):
    """A closed period (งวดบัญชีที่ปิดแล้ว)."""

    fund_id: UUID
    period_from: date | None
    """The day after the period before; null for the first one."""
    period_to: date
    kind: PeriodKind
    last_number: int
    """The newest journal when it was closed."""
    closed_by: str
    closed_at: datetime


class PeriodDetail(PeriodOut):
    """A closed period with its trial balance, as it was stored."""

    rows: list[TrialBalanceRow]
    debit: BahtOut
    credit: BahtOut
