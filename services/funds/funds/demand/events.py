"""What is told of late loans: ids, area codes and buckets."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.demand.rules import Bucket
from shared.events import Event


class LoanOverdue(Event, type="funds.loan.overdue.v1"):
    """A loan came into another bucket of days late (เปลี่ยนช่วงค้างชำระ); `current` says that it caught up.

    The sequence counts the changes of the loan's arrears, apart from the loan's own version.
    """

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["34150103"])
    as_of: date
    previous_bucket: Bucket
    bucket: Bucket
    worst_bucket: Bucket
    days_late: int = Field(examples=[31])
