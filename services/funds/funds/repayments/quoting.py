"""What settles a loan on a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound
from funds.loans.rules import OPEN, State
from funds.loans.terms import repayment_terms
from funds.repayments import rules
from funds.repayments.errors import LoanNotOpen, QuoteInPast
from funds.repayments.rules import Standing
from funds.repayments.schemas import PayoffQuote
from funds.schedules.rules import Method
from shared.clock import business_date
from shared.security import Principal


async def payoff(
    session: AsyncSession, *, loan_id: UUID, on: date | None, principal: Principal, now: datetime
) -> PayoffQuote:
    """Return what settles a loan on a day; raises LoanNotFound, LoanNotOpen, QuoteInPast."""
    loan = await loans.loan(session, loan_id, areas=principal.areas)
    if loan is None:
        raise LoanNotFound
    if State(loan["state"]) not in (*OPEN, State.WRITTEN_OFF) or loan["disbursed"] == 0:
        raise LoanNotOpen(state=loan["state"])
    day = on or business_date(now)
    if day < business_date(now):
        raise QuoteInPast(pointer="?on")
    rows = await loans.rows_of(session, loan_id, loan["schedule_no"])
    terms, pauses = repayment_terms(loan["terms"]), await loans.pauses(session, loan_id)
    quote = rules.payoff(Standing(rows, loan["advance"]), day, terms, pauses)
    interest_by = "begun_period" if terms.method is Method.FLAT else "day"
    return PayoffQuote.model_validate(
        {"loan_id": loan_id, "on": day, "interest_by": interest_by, **quote._asdict()}
    )
