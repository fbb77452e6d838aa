"""What reports are asked and what they say."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from funds.reports.rules import By, Figure
from shared.areas import AreaCode
from shared.money import BahtOut
from shared.schemas import Filters, Schema, Text

FiscalYear = Annotated[int, Field(ge=2540, le=2699, examples=[2566])]


class ReportScope(Filters):
    """Of where, of when, of which funds."""

    area: Annotated[AreaCode | None, Field(description="This area and all below it")] = None
    fiscal_year: FiscalYear | None = None
    """October to September, named by its Buddhist year; without it the present one."""
    kind: Annotated[str, Field(pattern="^(womens|poverty|savings|village|institution)$")] | None = None
    """Only funds of this kind."""


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
    late_loans: int | None
    """Null, like everything late, where it was not kept at the end of that year."""
    overdue: BahtOut | None
    par30: BahtOut | None
    par60: BahtOut | None
    par90: BahtOut | None
    par30_percent: str | None
    par60_percent: str | None
    par90_percent: str | None
    repayment_rate: str | None
    villages: int
    """Villages (tambons of tambon funds) with loans outstanding."""
    zero_overdue_villages: int | None
    links: dict[str, str]
    """Where each figure comes from: the rows one level down, of a fund its account lines and journals."""


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
