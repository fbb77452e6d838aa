"""What is told of problem cases."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.registry.rules import Kind
from shared.events import Event
from shared.money import BahtOut


class ProblemSolved(Event, type="funds.problem.solved.v1"):
    """A fund under treatment has nothing overdue any more (แก้ไขปัญหากองทุนสำเร็จ)."""

    case_id: UUID
    fund_id: UUID
    kind: Kind = Field(examples=["poverty"])
    area_code: str = Field(examples=["34190201"])
    opened_on: date
    solved_on: date
    overdue_before: BahtOut = Field(examples=["159533.00"])
    """Overdue principal of the fund when the case was opened."""
