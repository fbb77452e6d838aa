"""Schedules from what a caller says; nothing is stored."""

from collections.abc import Container
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from funds.holidays import service as holidays
from funds.products.service import check_rate
from funds.rates import text
from funds.schedule_previews.errors import PrincipalDiffers
from funds.schedule_previews.schemas import AmountRounding, PreviewRequest
from funds.schedules import due_dates, interest
from funds.schedules.conventions import PERIODS_A_YEAR
from funds.schedules.errors import NoDisbursement
from funds.schedules.rules import (
    Disbursement,
    HolidayRule,
    PaidAt,
    Period,
    Rounding,
    Schedule,
    Terms,
)
from funds.schedules.service import lay_out
from shared.clock import business_date
from shared.money import baht

_SAME = (
    "method", "annual_rate", "compounding", "instalments", "every", "period", "first_due", "due_day",
    "second_due_day", "month_end", "paid_at", "grace_principal", "principal_every", "grace_interest",
    "grace_interest_mode", "interest_from", "day_count", "first_period", "level_from", "flat_split",
    "holiday_rule", "interest_follows_shift", "rounded_part", "instalment_amount", "balloon", "level_over",
    "last_instalment", "rounded_interest",
)  # fmt: skip


async def preview(session: AsyncSession, *, request: PreviewRequest, now: datetime) -> dict[str, Any]:
    """Return the schedule of a loan as `schemas.SchedulePreview` writes it.

    Raises RateAboveCap, PrincipalDiffers and the refusals of `schedules.errors.FAULTS`.
    """
    terms = terms_of(request)
    lent = disbursements_of(request, terms, today=business_date(now))
    if not request.for_comparison:
        check_rate(terms.annual_rate, on=min(lent).on)
    planned = lay_out(lent, terms, await _closed(session, request), carried=request.carried)
    if not request.for_comparison:
        check_rate(_charged(terms), on=min(lent).on)
    answer = written(planned, lent, terms)
    answer["conventions"] |= {
        "carried": request.carried,
        "days_off": None if request.days_off is None else [day.isoformat() for day in request.days_off],
        "area_code": request.area_code,
    }
    return answer


async def _closed(session: AsyncSession, request: PreviewRequest) -> Container[date]:
    """Return the days off, read only where a due date is shifted."""
    if request.days_off is not None:
        return frozenset(request.days_off)
    if request.holiday_rule is HolidayRule.NONE:
        return frozenset()
    return await holidays.calendar(session, area_code=request.area_code or "")


def _charged(terms: Terms) -> Fraction:
    """Return the year's rate by its periods: above the named one where it is compounded more often."""
    return interest.nominal(terms) * PERIODS_A_YEAR[terms.period] / terms.every


def terms_of(request: PreviewRequest) -> Terms:
    """Return the terms that a request names."""
    instalment = request.instalment_rounding
    return Terms(
        interest_rounding=_rounding(request.interest_rounding),
        instalment_rounding=None if instalment is None else _rounding(instalment),
        **{name: getattr(request, name) for name in _SAME},
    )


def disbursements_of(request: PreviewRequest, terms: Terms, *, today: date) -> list[Disbursement]:
    """Return what is paid out when, by day; raises PrincipalDiffers, NoDisbursement."""
    lent = sorted(Disbursement(one.on, one.amount) for one in request.disbursements)
    if lent:
        if request.principal not in (None, sum(one.amount for one in lent)):
            raise PrincipalDiffers(pointer="/principal")
        return lent
    if request.principal is None:
        raise NoDisbursement(pointer="/principal")
    return [Disbursement(request.disbursed_on or _first_day(terms) or today, request.principal)]


def _first_day(terms: Terms) -> date | None:
    """Return the day of the disbursement that a first due day stands for."""
    if terms.first_due is None or terms.every < 1 or terms.paid_at is PaidAt.START:
        return terms.first_due
    return due_dates.a_period_before(terms.first_due, terms)


def _rounding(asked: AmountRounding) -> Rounding:
    return Rounding(asked.mode, asked.multiple)


def written(planned: Schedule, lent: list[Disbursement], terms: Terms) -> dict[str, Any]:
    """Return a schedule with its conventions as the API writes them."""
    return {
        "rows": [
            {
                "number": row.number,
                "due_date": row.due_date,
                "principal": baht(row.principal),
                "interest": baht(row.interest),
                "total": baht(row.total),
                "balance": baht(row.balance),
                "capitalised": baht(row.capitalised),
            }
            for row in planned.rows
        ],
        "totals": {
            "instalments": len(planned.rows),
            "principal": baht(planned.principal),
            "interest": baht(planned.interest),
            "total": baht(planned.total),
            "capitalised": baht(planned.capitalised),
        },
        "disbursements": [{"on": one.on, "amount": baht(one.amount)} for one in lent],
        "conventions": {
            **{name: getattr(terms, name) for name in _SAME},
            "annual_rate": text(terms.annual_rate),
            "first_due": due_dates.due_dates(terms, disbursed_on=lent[0].on, count=1)[0],
            "periods_a_year": PERIODS_A_YEAR[Period(terms.period)],
            "interest_rounding": _written_rounding(terms.interest_rounding),
            "instalment_rounding": _written_rounding(terms.level_rounding),
            "rounded_part": terms.level_part,
            "balloon": baht(terms.balloon),
            "instalment_amount": None if terms.instalment_amount is None else baht(terms.instalment_amount),
        },
    }


def _written_rounding(rounding: Rounding) -> dict[str, str]:
    return {"mode": rounding.mode.value, "multiple": baht(rounding.multiple)}
