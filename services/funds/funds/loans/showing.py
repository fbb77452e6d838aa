"""How loans, their instalments and schedules are shown: amounts in baht, lateness by the business day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from funds import rates
from funds.loans.rules import Instalment, State
from funds.loans.schemas import InstalmentOut
from funds.loans.terms import schedule_terms
from shared.money import baht

_MONEY = ("principal", "disbursed", "outstanding", "advance", "written_off", "recovered")
_HIDDEN = ("terms", "reserved", "base_no", "contracted_by", "schedule_no", "answerable_phone")
_LATE = (State.ACTIVE.value, State.FROZEN.value, State.WRITTEN_OFF.value)
_OF_SCHEDULE = (
    "method", "annual_rate", "instalments", "every", "period", "first_due", "due_day", "second_due_day",
    "month_end", "paid_at", "grace_principal", "principal_every", "grace_interest", "balloon", "day_count",
    "first_period", "level_from", "flat_split", "rounded_part", "rounded_interest", "holiday_rule",
    "interest_follows_shift", "last_instalment",
)  # fmt: skip


def shown(row: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Return a loan's row as `LoanRow` says it."""
    loan = {name: value for name, value in row.items() if name not in _HIDDEN}
    loan.update({name: baht(row[name]) for name in _MONEY})
    loan["annual_rate"] = rates.text(rates.of_column(row["annual_rate"]))
    loan["days_late"] = days_late(row, today=today)
    return loan


def days_late(row: Mapping[str, Any], *, today: date) -> int:
    """Return how late the oldest instalment that is not settled is, in days; 0 when it is not."""
    due = row["next_due_on"]
    late = due is not None and due < today and row["state"] in _LATE
    return (today - due).days if late else 0


def conventions(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contract's stored terms as `LoanConventions` says them."""
    agreed = schedule_terms(terms)  # an older contract does not name what came later
    return {**{name: getattr(agreed, name) for name in _OF_SCHEDULE}, **terms["repayment"]}


def instalments(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return instalments as `InstalmentOut` says them."""
    names = [name for name in InstalmentOut.model_fields if name not in ("total", "owed")]
    return [
        {name: row[name] for name in names}
        | {"total": row["principal"] + row["interest"], "owed": standing(row).owed}
        for row in rows
    ]


def standing(row: Mapping[str, Any]) -> Instalment:
    """Return a row as the rules take it."""
    return Instalment(**{name: row[name] for name in Instalment.__dataclass_fields__})
