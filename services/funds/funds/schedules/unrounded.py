"""Schedules that carry amounts before they are rounded, as spreadsheets and calculators do.

Everything is computed in thousand millionths of a satang; what is shown of it sums all the same.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from funds.schedules.conventions import (
    TO_THE_SATANG,
    Disbursement,
    Rounding,
    RoundingMode,
    Row,
    Schedule,
    Terms,
)
from funds.schedules.rules import schedule

_PARTS: Final = 10**9
_UP: Final = Rounding(RoundingMode.UP)
"""Of the level amount, so that no thousand millionths are left for one more instalment."""


def unrounded(
    disbursements: Sequence[Disbursement], terms: Terms, holidays: Container[date] = frozenset()
) -> Schedule:
    """Return the instalments of what is disbursed; only an agreed or rounded level amount is a round one.

    Interest is shown by `interest_rounding`, a balance to the satang, half up; a principal is what the
    balance fell by, a total the sum. Raises ScheduleRefused.
    """
    lent = [one._replace(amount=one.amount * _PARTS) for one in disbursements]
    level = terms.instalment_rounding
    fine = replace(
        terms,
        interest_rounding=TO_THE_SATANG,
        instalment_rounding=_UP if level is None else level._replace(multiple=level.multiple * _PARTS),
        rounded_part=terms.level_part,
        instalment_amount=None if terms.instalment_amount is None else terms.instalment_amount * _PARTS,
        balloon=terms.balloon * _PARTS,
    )
    rows = list(_shown(schedule(lent, fine, holidays).rows, terms.interest_rounding))
    return Schedule(
        rows=tuple(rows),
        principal=sum(row.principal for row in rows),
        interest=sum(row.interest for row in rows),
        total=sum(row.total for row in rows),
        capitalised=sum(row.capitalised for row in rows),
    )


def _shown(rows: Sequence[Row], rounding: Rounding) -> Iterator[Row]:
    before = shown = 0
    for row in rows:
        lent = (row.balance - before + row.principal - row.capitalised) // _PARTS
        before = row.balance
        balance = TO_THE_SATANG.of(row.balance, _PARTS)
        fell = shown + lent - balance
        shown = balance
        principal, interest = max(fell, 0), rounding.of(row.interest, _PARTS)
        yield row._replace(
            principal=principal,
            interest=interest,
            total=principal + interest,
            balance=balance,
            capitalised=max(-fell, 0),
        )
