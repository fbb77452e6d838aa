"""What the API takes and gives about arrears and tasks."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.demand.rules import REPORTED, Bucket, Outcome, TaskKind, TaskState
from funds.loans.schemas import AnswerableAs
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.money import BahtOut, BahtPositive
from shared.schemas import Filters, Schema


def _reported(outcome: Outcome) -> Outcome:
    if outcome not in REPORTED:
        raise invalid_value("outcome_not_reported", "ไม่ใช่ผลที่รายงานได้", "is not an outcome people report")
    return outcome


Note = Annotated[FreeText, Field(min_length=1, max_length=2_000, examples=["พบผู้กู้ที่บ้าน ขายผลผลิตได้แล้ว"])]
Reported = Annotated[Outcome, AfterValidator(_reported)]
DocumentNo = Annotated[str, Field(min_length=1, max_length=100, examples=["อบ 0019/123"])]


class OverdueFilters(Filters):
    """Which late loans."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    bucket: Annotated[Bucket | None, Field(examples=["31-60"])] = None


class PortfolioFilters(Filters):
    """Which part of the portfolio."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None


class ArrearsOut(Schema):
    """How late a loan is on a business day (สถานะค้างชำระ)."""

    loan_id: UUID
    as_of: date
    days_late: int = Field(examples=[45])
    """Days from the oldest unpaid due date."""
    bucket: Bucket = Field(examples=["31-60"])
    worst_days: int
    """The most days late that were reached; no payment and no restructuring lowers it."""
    worst_bucket: Bucket
    reported_bucket: Bucket
    """The worst bucket while a restructured loan is watched, else the present one."""
    late_since: date | None
    """First day late of the present time of being late."""
    oldest_due_on: date | None
    watch_until: date | None
    """A restructured loan is watched until this day."""
    overdue_principal: BahtOut
    overdue_total: BahtOut
    """Principal, interest and penalty that were due before the day."""
    outstanding: BahtOut


class BucketChange(Schema):
    """A day on which the bucket changed."""

    as_of: date
    bucket: Bucket
    days_late: int
    overdue_total: BahtOut


class ArrearsDetail(ArrearsOut):
    """How late a loan is, with the days on which its bucket changed as the daily run found them."""

    changes: list[BucketChange]


class OverdueLoan(ArrearsOut):
    """A loan that is late."""

    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    contract_no: str
    borrower_kind: str = Field(examples=["group"])
    borrower_id: UUID
    answerable_as: AnswerableAs | None
    """As what somebody answers in the place of a borrower who died; null: the borrower does."""
    answerable_member_id: UUID | None
    """Her membership; her name stands on the loan."""
    state: str = Field(examples=["active"])


class AtRiskOut(Schema):
    """Portfolio at risk (PAR): the whole outstanding principal of loans late by more than so many days."""

    days: int = Field(examples=[30])
    at_risk: BahtOut
    percent: str | None = Field(examples=["4.20"])
    """Of the outstanding principal; null of an empty portfolio."""


class BucketOut(Schema):
    """The loans of a bucket."""

    bucket: Bucket
    loans: int
    outstanding: BahtOut


class PortfolioOut(Schema):
    """Open loans by days late (คุณภาพลูกหนี้), as they are now."""

    as_of: date
    loans: int
    frozen: int
    """Of them frozen: not demanded until somebody decides."""
    outstanding: BahtOut
    overdue_principal: BahtOut
    overdue_total: BahtOut
    """The goal is 0.00."""
    watched: BahtOut
    """Outstanding principal of restructured loans under watch."""
    buckets: list[BucketOut]
    at_risk: list[AtRiskOut]


class NewTask(Schema):
    """A task that somebody opens by hand."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "visit", "due_on": "2026-02-01"}]})

    id: UUID | None = None
    kind: Annotated[TaskKind, Field(examples=["visit"])]
    due_on: date
    note: Note | None = None


class TaskClosing(Schema):
    """How a task ended, with its evidence."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "promised",
                    "note": "ผู้กู้จะชำระหลังขายข้าว",
                    "document_no": "อบ 0019/123",
                    "promised_on": "2026-02-15",
                    "promised_amount": "328.00",
                }
            ]
        }
    )

    outcome: Reported
    note: Note
    document_no: DocumentNo | None = None
    """Of the letter, the minutes or the agreement; not needed when a file is attached."""
    promised_on: date | None = None
    promised_amount: BahtPositive | None = None


class EvidenceOut(Schema):
    """A file kept as evidence."""

    media_type: str
    size: int
    sha256: str


class TaskOut(Schema):
    """Something to do about a late loan (งานติดตามทวงถาม)."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    answerable_as: AnswerableAs | None
    """As what somebody answers in the place of a borrower who died: the task is about her."""
    answerable_member_id: UUID | None
    rule_code: str | None = Field(examples=["LETTER_31"])
    """The rule that opened it; null of one opened by hand."""
    late_since: date | None
    kind: TaskKind
    bucket: Bucket
    opened_on: date
    due_on: date
    state: TaskState
    outcome: Outcome | None
    note: str | None
    document_no: str | None
    promised_on: date | None
    promised_amount: BahtOut | None
    file: EvidenceOut | None
    opened_by: str
    closed_by: str | None
    closed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class TaskFilters(Filters):
    """Which tasks of a loan."""

    state: TaskState | None = None
    kind: TaskKind | None = None


class AllTaskFilters(TaskFilters):
    """Which tasks of an area."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    due_until: date | None = None
    """Due on this day or before."""


class RunOut(Schema):
    """A daily run (ประมวลผลสถานะหนี้ประจำวัน)."""

    day: date
    due_at: datetime
    state: str = Field(examples=["done"])
    """`waiting`, `done`, or `covered`: a later day's run did its work."""
    loans: int
    changed: int
    tasks: int
    started_at: datetime | None
    finished_at: datetime | None


class RunsOut(Schema):
    """The last daily runs, the newest first."""

    items: list[RunOut]
