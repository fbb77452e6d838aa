"""What is true of loans: states, instalments and what is owed of them, shares, and how lending is booked.

Amounts are satang; rates are exact fractions of one a year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.products.rules import ALLOCATION, Due, EarlyRepayment
from funds.schedules.rules import DayCount, Method, RoundedPart, Rounding, Schedule


class State(StrEnum):
    """State of a loan (สถานะสัญญา)."""

    CONTRACTED = "contracted"
    """Signed; nothing is paid out yet."""
    ACTIVE = "active"
    FROZEN = "frozen"
    """Not asked for and without penalty until something is decided: the borrower died (พักหนี้)."""
    WRITTEN_OFF = "written_off"
    """Out of the books, owed all the same (ตัดหนี้สูญ)."""
    CLOSED = "closed"


class Reason(StrEnum):
    """Why a loan has a schedule of this number."""

    DISBURSEMENT = "disbursement"
    OPENING = "opening"
    """Taken over from the books before."""
    RESTRUCTURING = "restructuring"
    WAIVER = "waiver"
    WRITE_OFF = "write_off"
    EARLY_REPAYMENT = "early_repayment"
    REPLAY = "replay"
    """Repayments came late or were reversed, and the others were allocated anew."""


class Channel(StrEnum):
    """How money went: over the cash box or a bank account."""

    CASH = "cash"
    BANK = "bank"


class ClosedBecause(StrEnum):
    """Why a loan is closed."""

    REPAID = "repaid"
    CANCELLED = "cancelled"
    SETTLED = "settled"


OPEN: Final = frozenset({State.ACTIVE, State.FROZEN})
"""States in which principal is outstanding in the books."""

MONEY: Final[Mapping[Channel, Account]] = {Channel.CASH: Account.CASH, Channel.BANK: Account.BANK}


@dataclass(slots=True)
class Instalment:
    """An instalment (งวด) as it stands; amounts in satang.

    `from_on` to `due_on` is the time that it bears interest for. `penalty` is what was charged so far, up to
    `penalty_until`; `carried_penalty` of it by an earlier schedule. `carried_interest` of the interest was
    borne before `from_on`.
    """

    number: int
    from_on: date
    due_on: date
    principal: int
    interest: int
    penalty: int = 0
    carried_penalty: int = 0
    paid_principal: int = 0
    paid_interest: int = 0
    paid_penalty: int = 0
    waived_interest: int = 0
    penalty_until: date | None = None
    settled_on: date | None = None
    carried_interest: int = 0

    @property
    def total(self) -> int:
        """Return principal and interest as agreed."""
        return self.principal + self.interest

    @property
    def owed_principal(self) -> int:
        """Return the principal not paid yet."""
        return self.principal - self.paid_principal

    @property
    def owed_interest(self) -> int:
        """Return the interest neither paid nor waived."""
        return self.interest - self.paid_interest - self.waived_interest

    @property
    def owed_penalty(self) -> int:
        """Return the penalty charged and not paid."""
        return self.penalty - self.paid_penalty

    @property
    def owed(self) -> int:
        """Return all that is owed of it."""
        return self.owed_principal + self.owed_interest + self.owed_penalty


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """An instalment to come, as a new schedule says it."""

    due_on: date
    principal: int
    interest: int
    penalty: int = 0
    """Charged before and still owed."""
    carried: int = 0
    """What of the interest was borne before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLoan:
    """A loan as the books before these had it on a cut-off day; amounts in satang."""

    product_id: UUID
    borrower_kind: str
    borrower_id: UUID
    contract_no: str
    contract_date: date
    principal: int
    """As it was lent."""
    outstanding: int
    """Principal owed on the cut-off day."""
    annual_rate: Fraction
    instalments: Sequence[PlannedRow]
    """What is still to come, overdue ones too; their principals sum to what is outstanding."""
    advance: int = 0
    """Paid ahead: the opening journal has a line on 2100 for it."""
    terms: Mapping[str, Any] | None = None
    """The words of its contract as `terms.stored` writes them; None: as its product has them on that day."""
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentTerms:
    """What a loan's contract says about repaying it."""

    method: Method = Method.INTEREST_FREE
    day_count: DayCount = DayCount.PERIOD
    level_part: RoundedPart = RoundedPart.PRINCIPAL
    level_rounding: Rounding = Rounding()  # noqa: RUF009  # an immutable tuple
    interest_rounding: Rounding = Rounding()  # noqa: RUF009  # likewise
    order: tuple[Due, ...] = ALLOCATION
    penalty_rate: Fraction = Fraction(0)
    penalty_after_days: int = 0
    early: EarlyRepayment = EarlyRepayment.NEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFacts:
    """A loan's row while it is locked."""

    id: UUID
    fund_id: UUID
    area_code: str
    product_id: UUID
    borrower_kind: str
    borrower_id: UUID
    contract_no: str
    contract_date: date
    principal: int
    terms: Mapping[str, Any]
    state: State
    reserved: int
    disbursed: int
    outstanding: int
    advance: int
    written_off: int
    recovered: int
    schedule_no: int
    base_no: int
    next_due_on: date | None
    last_paid_on: date | None
    closed_on: date | None
    contracted_by: str
    version: int

    @property
    def owed_principal(self) -> int:
        """Return the principal that is owed, in the books or written off."""
        return self.outstanding + self.written_off - self.recovered


def laid_out(schedule: Schedule, *, starts_on: date) -> list[Instalment]:
    """Return a computed schedule as instalments; what asks for nothing is settled from the beginning."""
    rows = [PlannedRow(row.due_date, row.principal, row.interest) for row in schedule.rows]
    return planned(rows, starts_on=starts_on)


def planned(rows: Iterable[PlannedRow], *, starts_on: date) -> list[Instalment]:
    """Return agreed rows as instalments that follow each other from a day on."""
    made: list[Instalment] = []
    before = starts_on
    for number, row in enumerate(rows, 1):
        made.append(
            Instalment(
                number=number,
                from_on=min(before, row.due_on),
                due_on=row.due_on,
                principal=row.principal,
                interest=row.interest,
                penalty=row.penalty,
                carried_penalty=row.penalty,
                penalty_until=starts_on,
                settled_on=row.due_on if row.principal + row.interest + row.penalty == 0 else None,
                carried_interest=row.carried,
            )
        )
        before = max(before, row.due_on)
    return made


def remaining(rows: Iterable[Instalment], *, starts_on: date) -> list[Instalment]:
    """Return what is owed of instalments, charged up to a day, as a schedule of its own; dates are kept."""
    return [
        replace(
            row,
            principal=row.owed_principal,
            interest=row.owed_interest,
            carried_interest=max(row.carried_interest - row.paid_interest - row.waived_interest, 0),
            penalty=row.owed_penalty,
            carried_penalty=row.owed_penalty,
            paid_principal=0,
            paid_interest=0,
            paid_penalty=0,
            waived_interest=0,
            penalty_until=starts_on,
            settled_on=None,
        )
        for row in rows
        if row.owed
    ]


def less_paid(
    rows: Sequence[Instalment],
    before: Sequence[Instalment],
    *,
    principal: int,
    interest: int,
    charged_until: date,
) -> list[Instalment]:
    """Return a whole schedule without what was paid of it, the oldest first, with the penalty that is owed.

    `before` are the instalments that it takes the place of, charged up to a day: one of the same number and
    day hands on its penalty, what others owe of it comes with the oldest that is left.
    """
    owed = {(row.number, row.due_on): row for row in before if row.owed}
    left = []
    for row in rows:
        taken, charged = min(principal, row.principal), min(interest, row.interest)
        principal, interest = principal - taken, interest - charged
        known = owed.pop((row.number, row.due_on), None)
        penalty = known.owed_penalty if known else 0
        changed = replace(
            row,
            principal=row.principal - taken,
            interest=row.interest - charged,
            penalty=penalty,
            carried_penalty=penalty,
            penalty_until=charged_until,
        )
        if changed.total + penalty:
            left.append(changed)
    others = sum(row.owed_penalty for row in owed.values())
    if left and others:
        oldest = left[0]
        total = oldest.penalty + others
        left[0] = replace(oldest, penalty=total, carried_penalty=total)
    return left


def less_advance(rows: Iterable[Instalment], advance: int) -> list[Instalment]:
    """Return instalments whose principal was paid out of an advance, the oldest first."""
    left = []
    for row in rows:
        taken = min(advance, row.principal)
        advance -= taken
        changed = replace(row, principal=row.principal - taken)
        if changed.owed:
            left.append(changed)
    return left


def waived(rows: Iterable[Instalment], parts: Mapping[int, int], *, on: date) -> list[Instalment]:
    """Return instalments with interest waived by number; what nothing is owed of then is settled that day."""
    changed = [replace(row, waived_interest=parts.get(row.number, 0)) for row in rows]
    return [row if row.owed else replace(row, settled_on=on) for row in changed]


def next_due(rows: Iterable[Instalment]) -> date | None:
    """Return the day of the oldest instalment that is not settled."""
    return min((row.due_on for row in rows if row.settled_on is None), default=None)


class PaidOut(NamedTuple):
    """Money paid out on a loan, with its voucher (ใบสำคัญจ่าย)."""

    id: UUID
    amount: int
    channel: Channel
    on: date
    document_no: str


def disbursement_entry(loan_id: UUID, paid: PaidOut) -> Entry:
    """Return the entry of money paid out: loans up, money down (จ่ายเงินกู้)."""
    lines = (
        Line(Account.LOANS, debit=paid.amount, loan_id=loan_id),
        Line(MONEY[paid.channel], credit=paid.amount),
    )
    return Entry(
        kind=JournalKind.DISBURSEMENT,
        document_kind="loan_disbursement",
        document_id=paid.id,
        business_date=paid.on,
        lines=lines,
        document_no=paid.document_no,
    )


def write_off_entry(*, loan: LoanFacts, document_id: UUID, on: date, memo: str) -> Entry:
    """Return the entry that takes a loan out of the books (ตัดหนี้สูญ); what was paid ahead pays first."""
    lost = loan.outstanding - loan.advance
    lines = [Line(Account.LOANS, credit=loan.outstanding, loan_id=loan.id)]
    if loan.advance:
        lines.insert(0, Line(Account.ADVANCES, debit=loan.advance, loan_id=loan.id))
    if lost:
        lines.insert(0, Line(Account.WRITTEN_OFF, debit=lost))
    return Entry(
        kind=JournalKind.WRITE_OFF,
        document_kind="loan_write_off",
        document_id=document_id,
        business_date=on,
        lines=lines,
        memo=memo,
        document_no=loan.contract_no,
    )


Band = Literal["under_1000", "1000_4999", "5000_19999", "20000_99999", "100000_up"]
"""Of baht."""

_BANDS: Final[tuple[tuple[int, Band], ...]] = (
    (100_000, "under_1000"),
    (500_000, "1000_4999"),
    (2_000_000, "5000_19999"),
    (10_000_000, "20000_99999"),
)


def band(amount: int) -> Band:
    """Return the band of baht that an amount lies in: what others than the fund's staff are told."""
    return next((name for limit, name in _BANDS if amount < limit), "100000_up")
