"""What is told of restructurings: ids, area codes and kinds."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.demand.rules import Bucket
from funds.reliefs.rules import ReliefKind
from shared.events import Event


class LoanRestructured(Event, type="funds.loan.restructured.v1"):
    """A loan's debt was restructured (ปรับปรุงโครงสร้างหนี้); how late it was stays known."""

    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["34150103"])
    kind: ReliefKind
    restructured_on: date
    worst_bucket: Bucket
    watch_until: date
