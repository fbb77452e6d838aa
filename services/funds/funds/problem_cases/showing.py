"""Rows of cases, figures, surveys and debtors as the API says them: satang become baht."""

from collections.abc import Mapping
from typing import Any, Final

from shared.money import baht

_MONEY: Final = frozenset(
    {
        "overdue_before", "overdue_after", "capital", "cash", "outstanding", "overdue_principal",
        "overdue_interest", "written_off", "booked", "overdue", "acknowledged", "promised",
    }
)  # fmt: skip
_SUMMARY: Final = (
    "id", "fund_id", "fund_name", "area_code", "fund_kind", "state", "opened_on", "failings",
    "overdue_before", "overdue_after", "ended_on", "version", "updated_at",
)  # fmt: skip


def in_baht(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its amounts of satang written as baht."""
    return {
        name: baht(value) if name in _MONEY and value is not None else value for name, value in row.items()
    }


def summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case as `ProblemCaseSummary` says it."""
    return in_baht({name: row[name] for name in _SUMMARY})


def figures(row: Mapping[str, Any], *, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return frozen figures with where each comes from."""
    books, until = f"/v1/ledgers/{case['fund_id']}", f"until_number={row['journal_number']}"
    loans = f"/v1/problem-cases/{case['id']}/figures/{row['round']}/loans"
    links = {
        "capital": f"{books}/accounts/3000/lines?{until}",
        "cash": f"{books}/cash-book?{until}",
        "outstanding": f"{books}/accounts/1100/lines?{until}",
        **dict.fromkeys(("overdue_principal", "overdue_interest", "written_off", "open_loans"), loans),
        "overdue_loans": loans,
        "journals": f"{books}/journals?{until}",
    }
    return {**in_baht(row), "links": links}


def frozen_loan(row: Mapping[str, Any], *, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return a loan that frozen figures count as `FrozenLoan` says it."""
    loan = f"/v1/loans/{row['loan_id']}"
    lines = f"/v1/ledgers/{case['fund_id']}/loans/{row['loan_id']}/statement"
    return {**in_baht(row), "links": {"loan": loan, "schedules": f"{loan}/schedules", "lines": lines}}
