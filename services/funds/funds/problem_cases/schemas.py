"""What the API takes and gives about problem cases."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.problem_cases.rules import Answer, CaseState, Cause
from funds.registry.rules import Kind
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.money import BahtNotNegative, BahtOut, BahtPositive
from shared.schemas import Filters, Schema

FailingCode = Annotated[str, Field(pattern=r"^[A-Z]\.[0-9]{1,2}$", examples=["B.2"])]
FiscalYear = Annotated[int, Field(ge=2500, le=2700, examples=[2565])]


class NewProblemCase(Schema):
    """A fund to treat (กองทุนที่มีปัญหา)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "failings": ["B.1", "B.2"],
                    "cause": "เปลี่ยนคณะกรรมการโดยไม่ส่งมอบเอกสาร ลูกหนี้ค้างชำระหลายราย",
                }
            ]
        }
    )

    id: UUID | None = None
    fund_id: UUID
    failings: Annotated[list[FailingCode], Field(max_length=20)] = []  # noqa: RUF012  # only ever read
    """Items of FUND_COMMON_FAILINGS; those with open findings are added."""
    cause: Annotated[FreeText, Field(min_length=1, max_length=2000)]


class Action(Schema):
    """Something to do, by whom, until when (กิจกรรมตามแผน)."""

    action: Annotated[FreeText, Field(min_length=1, max_length=500)]
    responsible: Annotated[FreeText, Field(min_length=1, max_length=200)]
    due_on: date
    done_on: date | None = None


class ActionOut(Action):
    """What is to be done, as the plan has it."""


class Plan(Schema):
    """What is to be done; given whole (แผนแก้ไขปัญหา)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "actions": [
                        {
                            "action": "ประชุมลูกหนี้และทำหนังสือรับสภาพหนี้",
                            "responsible": "ประธาน กข.คจ.",
                            "due_on": "2026-06-30",
                        }
                    ]
                }
            ]
        }
    )

    actions: Annotated[list[Action], Field(min_length=1, max_length=50)]


class CaseClosing(Schema):
    """Why a case ends without being solved (เหตุผลที่ยุติ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "รวมกองทุนกับหมู่บ้านข้างเคียง"}]})

    reason: Annotated[FreeText, Field(min_length=1, max_length=1000)]


class Debtor(Schema):
    """What the survey of one loan brought (ผลสำรวจลูกหนี้รายสัญญา)."""

    loan_id: UUID
    surveyed_on: date
    answer: Answer
    acknowledged: BahtNotNegative | None = None
    """What the debtor says she owes; with `acknowledged` and `disputed`."""
    cause: Cause | None = None
    promised: BahtPositive | None = None
    """What she promises to pay, and when."""
    promised_on: date | None = None
    note: Annotated[FreeText, Field(min_length=1, max_length=1000)] | None = None


class Debtors(Schema):
    """Debtors surveyed; sent again, the newer answer counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "debtors": [
                        {
                            "loan_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30",
                            "surveyed_on": "2026-03-10",
                            "answer": "acknowledged",
                            "acknowledged": "12000.00",
                            "cause": "business_failed",
                            "promised": "12000.00",
                            "promised_on": "2026-09-30",
                        }
                    ]
                }
            ]
        }
    )

    debtors: Annotated[list[Debtor], Field(min_length=1, max_length=500)]


class DebtorOut(Schema):
    """A loan in a round of the survey; without an answer while nobody was asked."""

    loan_id: UUID
    contract_no: str
    borrower_kind: str
    booked: BahtOut
    """Principal in the books, of the day of the survey."""
    overdue: BahtOut
    """Principal and interest due and not paid."""
    answer: Answer | None
    acknowledged: BahtOut | None
    cause: Cause | None
    promised: BahtOut | None
    promised_on: date | None
    note: str | None
    surveyed_on: date | None
    surveyed_by: str | None


class DebtorFilters(Filters):
    """Which debtors of a round."""

    surveyed: bool | None = None
    """false: those who are still to be asked."""


class Figures(Schema):
    """What the fund's books said, frozen with the number of their last entry (ตัวเลข ณ วันสำรวจ)."""

    round: int
    """0 when the case was opened, else the round of the survey."""
    as_of: date
    journal_number: int
    """The fund's last journal that they count: `/v1/ledgers/{fund_id}/journals`."""
    capital: BahtOut
    cash: BahtOut
    outstanding: BahtOut
    overdue_principal: BahtOut
    overdue_interest: BahtOut
    written_off: BahtOut
    """Written off and not recovered."""
    open_loans: int
    overdue_loans: int
    taken_by: str
    taken_at: datetime
    links: dict[str, str]
    """Where each figure comes from: lines up to that journal, and the loans as they were then."""


class FrozenLoan(Schema):
    """A loan that frozen figures count, as it was then (หลักฐานรายสัญญาของตัวเลขที่ตรึงไว้)."""

    loan_id: UUID
    contract_no: str
    outstanding: BahtOut
    overdue_principal: BahtOut
    overdue_interest: BahtOut
    written_off: BahtOut
    """Written off and not recovered."""
    oldest_due_on: date | None
    """Due date of the oldest instalment that was overdue."""
    links: dict[str, str]
    """The loan, its schedules, and the lines of its account."""


class SurveyOut(Schema):
    """A round of the debtor survey with its sums (สรุปผลสำรวจลูกหนี้)."""

    round: int
    completed_on: date | None
    completed_by: str | None
    debtors: int
    acknowledged_debtors: int
    booked: BahtOut
    overdue: BahtOut
    acknowledged: BahtOut
    promised: BahtOut


class ProblemCaseSummary(Schema):
    """A fund under treatment, in the list."""

    id: UUID
    fund_id: UUID
    fund_name: str
    area_code: AreaCode = Field(examples=["34190201"])
    fund_kind: Kind
    state: CaseState
    opened_on: date
    failings: list[str]
    overdue_before: BahtOut
    """Overdue principal when it was opened."""
    overdue_after: BahtOut | None
    """Overdue principal in the last round after a clinic; null before it."""
    ended_on: date | None
    version: int
    updated_at: datetime


class ProblemCaseOut(ProblemCaseSummary):
    """A fund under treatment (กองทุนที่มีปัญหา) with its plan, figures and surveys."""

    cause: str
    opened_by: str
    plan: list[ActionOut] | None
    planned_by: str | None
    ended_by: str | None
    end_reason: str | None
    figures: list[Figures]
    surveys: list[SurveyOut]
    created_at: datetime


class ProblemCaseFilters(Filters):
    """What cases are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    state: CaseState | None = None
    open: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    newest: bool = False
    """Only each standing fund's newest case of these days: those that the board counts."""


class BoardLine(Schema):
    """An area's line of the board (สรุปผลการแก้ไขปัญหากองทุน)."""

    area_code: str = Field(examples=["3419"])
    funds: int = Field(examples=[82])
    capital: BahtOut = Field(examples=["23951565.00"])
    borrowing_households: int = Field(examples=[2792])
    problem_funds: int = Field(examples=[21])
    problem_share: str | None = Field(examples=["25.61"])
    """Problem funds of all funds, per cent."""
    overdue_before: BahtOut = Field(examples=["3350200.00"])
    solved: int = Field(examples=[11])
    overdue_after: BahtOut = Field(examples=["794964.00"])
    """As the last round after a clinic has it; of a case without one, as when it was opened."""
    links: dict[str, str]
    """Where the figures come from: cases, funds, their reports and loans, and the lines one level down."""


class BoardFilters(Filters):
    """What the board shows."""

    area: AreaCode | None = None
    """This area and all below it."""
    level: Annotated[str, Field(pattern="^(country|province|district|tambon|village)$")] = "district"
    """One line for each area of this level."""
    fund_kind: Kind = Kind.POVERTY
    fiscal_year: FiscalYear | None = None
    """Cases opened in this fiscal year; each fund's newest one when absent."""
