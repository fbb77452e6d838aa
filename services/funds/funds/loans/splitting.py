"""A group's debt that becomes its members' own: one loan each, with the same due dates, sums exact."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import service as ledger
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.loans import service, terms, writing
from funds.loans.accruing import carried_on
from funds.loans.errors import WrongLoanState
from funds.loans.rules import (
    OPEN,
    BookLoan,
    ClosedBecause,
    Instalment,
    LoanFacts,
    PlannedRow,
    Reason,
    remaining,
)
from funds.loans.writing import NewSchedule
from funds.parts import apportioned
from shared.ids import uuid7
from shared.security import Principal

_WHY: Final = "แยกหนี้กลุ่มเป็นรายบุคคล"


def split_rows(rows: Sequence[Instalment], parts: Sequence[int]) -> list[list[PlannedRow]]:
    """Return each member's rows of what is owed of a group's instalments; `parts` sum to the principal owed.

    Of every instalment the members' principals, interests and penalties sum to the group's, and each member's
    principals to her part.
    """
    left = list(parts)
    made: list[list[PlannedRow]] = [[] for _ in parts]
    for row in rows:
        principals = apportioned(row.owed_principal, left)
        interests = apportioned(row.owed_interest, parts)
        penalties = apportioned(row.owed_penalty, parts)
        borne = [
            row.carried_interest * each // row.owed_interest if row.owed_interest else 0 for each in interests
        ]
        left = [before - taken for before, taken in zip(left, principals, strict=True)]
        for mine, *amounts in zip(made, principals, interests, penalties, borne, strict=True):
            if any(amounts):
                mine.append(PlannedRow(row.due_on, *amounts))
    return made


async def split(
    session: AsyncSession,
    loan: LoanFacts,
    parts: Mapping[UUID, int],
    *,
    on: date,
    actor: Principal,
    now: datetime,
) -> dict[UUID, UUID]:
    """Make a locked group's loan its members' own, in satang of principal by member; returns them likewise.

    The group's loan is closed with an empty schedule: nothing of it is asked for twice. Its contract number
    with the place of the member is hers, and hers is repaid as that contract says. The principal moves
    between the loans' accounts in one journal. Raises WrongLoanState unless it is open and nothing is kept
    ahead on it, PrincipalNotKept unless the parts sum to what is owed.
    """
    if loan.state not in OPEN or loan.advance:
        raise WrongLoanState(state=loan.state.value)
    members = sorted(parts)
    owed = remaining(await service.charged(session, loan, on=on), starts_on=on)
    rows = carried_on(owed, on=on, terms=terms.repayment_terms(loan.terms))
    split_by_member = split_rows(rows, [parts[member] for member in members])
    rate = terms.schedule_terms(loan.terms).annual_rate
    new = [
        BookLoan(
            id=uuid7(),
            product_id=loan.product_id,
            borrower_kind="member",
            borrower_id=member,
            contract_no=f"{loan.contract_no}-{place}",
            contract_date=loan.contract_date,
            principal=parts[member],
            outstanding=parts[member],
            annual_rate=Fraction(rate),
            instalments=mine,
            terms=terms.anew(loan.terms, instalments=len(mine)),
        )
        for place, (member, mine) in enumerate(zip(members, split_by_member, strict=True), 1)
    ]
    made = await service.open_from_book(
        session, fund_id=loan.fund_id, loans=new, cut_off=on, actor=actor, now=now
    )
    await _emptied(session, loan, on=on, actor=actor, now=now)
    entry = _entry(loan, [replace(one, id=loan_id) for one, loan_id in zip(new, made, strict=True)], on=on)
    await ledger.post(session, fund_id=loan.fund_id, entry=entry, actor=actor, now=now)
    return dict(zip(members, made, strict=True))


async def _emptied(
    session: AsyncSession, loan: LoanFacts, *, on: date, actor: Principal, now: datetime
) -> None:
    """Close the group's loan with a schedule that asks for nothing."""
    made = NewSchedule(Reason.RESTRUCTURING, on, 0, actor.subject, _WHY)
    number = await writing.add_schedule(session, loan, [], made=made, now=now)
    ended = {"principal": loan.disbursed, "reserved": 0, "outstanding": 0, "state_reason": _WHY}
    await writing.change(session, loan, now=now, schedule_no=number, base_no=number, **ended)
    await service.closed(session, loan, because=ClosedBecause.SETTLED, now=now)
    await service.free(session, loan)


def _entry(loan: LoanFacts, new: Sequence[BookLoan], *, on: date) -> Entry:
    lines = [Line(Account.LOANS, debit=one.outstanding, loan_id=one.id) for one in new]
    return Entry(
        kind=JournalKind.ADJUSTMENT,
        document_kind="loan_split",
        document_id=loan.id,
        business_date=on,
        lines=[*lines, Line(Account.LOANS, credit=loan.outstanding, loan_id=loan.id)],
        document_no=loan.contract_no,
        memo=_WHY,
    )
