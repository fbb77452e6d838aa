"""What the API takes and gives about deaths of borrowers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.deaths.rules import DeathDecision, DeathState
from funds.members.rules import masked
from funds.members.schemas import Phone
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema

Note = Annotated[FreeText, Field(min_length=1, max_length=2_000)]
Name = Annotated[FreeText, Field(min_length=1, max_length=200, examples=["นางสาวมาลี สายทอง (บุตร)"])]


class NewDeathDecision(Schema):
    """Who is to answer for the debt (เสนอผู้รับผิดชอบหนี้)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "heirs",
                    "answerable": "นางสาวมาลี สายทอง (บุตร)",
                    "note": "ทายาทรับชำระต่อตามสัญญาเดิม",
                }
            ]
        }
    )

    decision: DeathDecision
    answerable: Name | None = None
    """Who answers: the heir or guarantor."""
    answerable_member_id: UUID | None = None
    """Her membership, when she is a member of the fund."""
    answerable_phone: Phone | None = None
    """Where she is reminded of what is due when she is no member of the fund."""
    note: Note
    meeting_id: UUID | None = None
    person_id: UUID | None = None
    """Whose death, where several concern the loan; the first open one when absent.

    Named, what was decided before can be decided anew: another heir, estate or guarantor answers.
    """


class DeathApproval(Schema):
    """What the second person says; rejected, it is open again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision": "approve"}]})

    decision: Literal["approve", "reject"]
    reason: Note | None = None
    """Needed to reject; shown until the next proposal."""
    person_id: UUID | None = None


class DeathOut(Schema):
    """A death that concerns an open loan (หนี้ของผู้เสียชีวิต)."""

    id: UUID
    loan_id: UUID
    person_id: UUID
    """Surrogate id of who died."""
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    died_on: date
    frozen: bool
    """The loan was frozen by it; a group's loan is not."""
    task_id: UUID
    state: DeathState
    decision: DeathDecision | None
    answerable: str | None
    answerable_member_id: UUID | None
    answerable_phone: Annotated[str, AfterValidator(masked)] | None = Field(examples=["xxxxxx5678"])
    note: str | None
    meeting_id: UUID | None
    proposed_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    rejected_by: str | None
    """Who rejected the proposal that is shown, and why."""
    rejection_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class DeathsOut(Schema):
    """The deaths that concern a loan."""

    items: list[DeathOut]


class DeathFilters(Filters):
    """Which deaths."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    state: DeathState | None = None
