"""What reports are asked and what they say."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from funds.reports.rules import By, Figure
from shared.areas import AreaCode
from shared.errors import invalid_value
from shared.money import BahtOut
from shared.schemas import Filters, Schema, Text

FiscalYear = Annotated[int, Field(ge=2540, le=2699, examples=[2566])]


class ReportScope(Filters):
    """Of where, of when, of which funds."""

    area: Annotated[AreaCode | None, Field(description="This area and all below it")] = None
    fiscal_year: FiscalYear | None = None
    """October to September, named by its Buddhist year; without it the present one."""
    fiscal_year_from: FiscalYear | None = None
    """With it everything from this year to `fiscal_year` together; what is at an end is at the last one's."""
    kind: Annotated[str, Field(pattern="^(womens|poverty|savings|village|institution)$")] | None = None
    """Only funds of this kind."""

    @model_validator(mode="after")
    def _ordered(self) -> "ReportScope":
        first, last = self.fiscal_year_from, self.fiscal_year
        if first is not None and last is not None and last < first:
            raise invalid_value("ends_before_start", "ปีสุดท้ายอยู่ก่อนปีแรก", "the last year is before the first")
        return self


class ReportFilters(ReportScope):
    """A report's rows."""

    by: By = By.DISTRICT
    """What a row stands for."""


class ChartFilters(ReportFilters):
    """A chart of one figure."""

    figure: Figure = Figure.OUTSTANDING


class Figures(Schema):
    """Figures of a fund or an area in a fiscal year; `definitions` of the total says what each is."""

    funds: int
    members: int
    """Members at the end of the year, or today."""
    loans: int
    """Loans that were paid out in the year."""
    grants_made: int
    """Grants that were paid in the year."""
    lent: BahtOut
    repaid: BahtOut
    interest: BahtOut
    """Interest received in the year."""
    grants: BahtOut
    written_off: BahtOut
    capital: BahtOut
    """At the end of the year, or today; likewise money, outstanding and all that is late."""
    money: BahtOut
    outstanding: BahtOut
    late_loans: int
    """Loans with anything past its due date at the end of the year, or now."""
    overdue: BahtOut
    par30: BahtOut
    par60: BahtOut
    par90: BahtOut
    par30_percent: str | None
    par60_percent: str | None
    par90_percent: str | None
    repayment_rate: str | None
    villages: int
    """Villages (tambons of tambon funds) with loans outstanding."""
    zero_overdue_villages: int
    links: dict[str, str]
    """Where each figure comes from, by its name: of a fund the lines in its books, its late loans, members
    and grants; of an area its late loans, and the rows one level down of everything else."""


class ReportRow(Figures):
    """A row: a fund, or an area."""

    code: str
    """Area code, of a fund its own."""
    fund_id: UUID | None
    name: Text | None
    """Of the area (not of villages) or of the fund."""


class ReportTotal(Figures):
    """Everything together, and what the figures are."""

    area: str
    """Area code; the empty text is everything that the caller sees."""
    fiscal_year: int
    fiscal_year_from: int
    """Another one where several years stand together."""
    first: date
    last: date
    as_of: date
    """The day the figures are of: the year's last, or today."""
    definitions: dict[str, Text]


class YearRow(Schema):
    """A fiscal year."""

    fiscal_year: int
    lent: BahtOut
    repaid: BahtOut
    grants: BahtOut
    outstanding: BahtOut
    """At its end, or now."""
    links: dict[str, str]
    """The year's total and its rows."""


class LateLoanFilters(ReportScope):
    """Which late loans."""

    fund_id: UUID | None = None
    over: Annotated[int, Field(ge=0, le=3650)] = 0
    """Only loans that were late by more than so many days: 30 lists what PAR30 takes."""


class LateLoan(Schema):
    """A loan that was late at the end of the year, or is now (สัญญาที่ค้างชำระ)."""

    loan_id: UUID
    fund_id: UUID
    area_code: AreaCode
    contract_no: str
    as_of: date
    days_late: int
    overdue: BahtOut
    """Principal past its due date."""
    outstanding: BahtOut
    links: dict[str, str]
    """The loan, its schedules, and the lines of its account until that day, which are the outstanding."""
