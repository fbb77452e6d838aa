"""Every SELECT on loans; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import Label, Select, column, literal_column, or_, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from funds.loans.models import Instalment as InstalmentRow
from funds.loans.models import Loan, LoanDisbursement, LoanSchedule
from funds.loans.rules import Instalment, LoanFacts, State
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_LOANS = Loan.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_INSTALMENTS = InstalmentRow.__table__  # type: ignore[attr-defined]  # likewise
_PAID_OUT = LoanDisbursement.__table__  # type: ignore[attr-defined]  # likewise
_SCHEDULES = LoanSchedule.__table__  # type: ignore[attr-defined]  # likewise
_FUNDS = table("funds", column("id"), column("kind"))  # the registry's

# Who borrows is the members' to know: read here in the same statement, so that a page takes one.
_BORROWER: Label[str | None] = literal_column(
    "coalesce((SELECT name FROM fund_members WHERE fund_members.id = loans.borrower_id), "
    "(SELECT name FROM borrower_groups WHERE borrower_groups.id = loans.borrower_id))"
).label("borrower_name")
_PRODUCT: Label[str] = literal_column("loans.terms ->> 'product_code'").label("product_code")
_SHOWN = (*_LOANS.c, _PRODUCT, _BORROWER)
_FACTS = tuple(name for name in LoanFacts.__dataclass_fields__)
_ROW = tuple(name for name in Instalment.__dataclass_fields__)

_LOCKED = f"SELECT {', '.join(_FACTS)} FROM loans WHERE id = $1 FOR NO KEY UPDATE"  # noqa: S608  # own names
_OF_SCHEDULE = (
    f"SELECT {', '.join(_ROW)} FROM instalments "  # noqa: S608  # likewise
    "WHERE loan_id = $1 AND schedule_no = $2 ORDER BY due_on, number"
)
_UNSETTLED = _OF_SCHEDULE.replace(" ORDER", " AND settled_on IS NULL ORDER")
_PAUSES = "SELECT frozen_on, thawed_on FROM loan_freezes WHERE loan_id = $1 ORDER BY frozen_on"
_LENT = """
SELECT paid_on, amount FROM loan_disbursements WHERE loan_id = $1 AND reversed_on IS NULL ORDER BY paid_on, id
"""
_LENT_SINCE = """
SELECT coalesce(
    (SELECT min(paid_on) FROM loan_disbursements WHERE loan_id = $1 AND reversed_on IS NULL),
    (SELECT made_on FROM loan_schedules WHERE loan_id = $1 AND schedule_no = 1))
"""
# Who follows whom is follow's own, who is in office the committees'.
_FOLLOWED = """
SELECT EXISTS (
    SELECT FROM follow_assignments AS follows
    JOIN fund_committee_members AS member ON member.id = follows.term_id
    WHERE follows.fund_id = $1 AND follows.borrower_kind = $2 AND follows.borrower_id = $3
      AND follows.ends_on IS NULL AND member.term_from <= $4 AND coalesce(member.term_to >= $4, true))
"""
# Receipts are the repayments' own.
_REPAID = "SELECT EXISTS (SELECT FROM repayments WHERE loan_id = $1 AND reversed_on IS NULL)"
_BASE = (
    "SELECT schedule_no, reason, made_on, advance FROM loan_schedules WHERE loan_id = $1 AND schedule_no = $2"
)
# Receipts and entries are the repayments' own: a schedule that is in force no more still shows what a receipt
# had paid of it that was taken back since, the receipts that stand do not.
_INTEREST_PAID = """
SELECT coalesce(sum(interest), 0)::bigint FROM (
    SELECT interest FROM repayments WHERE loan_id = $1 AND reversed_on IS NULL
    UNION ALL SELECT interest FROM loan_entries WHERE loan_id = $1
) AS booked
"""
_SHARES = "SELECT member_id, amount FROM loan_shares WHERE loan_id = $1 ORDER BY member_id"
# Whose member of which fund somebody is, is the members' to know: one statement instead of one a fund.
_OF_PERSON = """
SELECT id, fund_id, area_code, borrower_kind, state FROM loans
WHERE state IN ('contracted', 'active', 'frozen') AND (
    borrower_id = $2
    OR borrower_id IN (SELECT id FROM fund_members WHERE person_id = $1)
    OR answerable_member_id IN (SELECT id FROM fund_members WHERE person_id = $1)
    OR id IN (SELECT loan_id FROM loan_shares JOIN fund_members ON fund_members.id = loan_shares.member_id
        WHERE fund_members.person_id = $1)
) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose loans, where, of which fund, borrower, product and state, and which are late on a day."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    borrower_id: UUID | None = None
    product_id: UUID | None = None
    state: State | None = None
    contract_no: str | None = None
    due_until: date | None = None
    late_on: date | None = None
    """Open, with an instalment due before this day."""
    updated_since: datetime | None = None
    fund_kind: str | None = None
    open: bool = False
    """Only loans that are paid out and not closed."""
    to_give_back: bool = False
    """Only closed loans with money paid ahead that is still the borrower's."""


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(
        within(_LOANS.c.area_code, filters.areas), descends(_LOANS.c.area_code, filters.area)
    )
    for name in ("fund_id", "borrower_id", "product_id", "state", "contract_no"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_LOANS.c[name] == wanted)
    if filters.due_until is not None:
        statement = statement.where(_LOANS.c.next_due_on <= filters.due_until)
    if filters.fund_kind is not None:
        funds = select(_FUNDS.c.id).where(_FUNDS.c.kind == filters.fund_kind)
        statement = statement.where(_LOANS.c.fund_id.in_(funds))
    if filters.open or filters.late_on is not None:
        open_ones = or_(_LOANS.c.state == State.ACTIVE.value, _LOANS.c.state == State.FROZEN.value)
        statement = statement.where(open_ones)
    if filters.late_on is not None:
        statement = statement.where(_LOANS.c.next_due_on < filters.late_on)
    if filters.to_give_back:
        statement = statement.where(literal_column("loans.state = 'closed' AND loans.advance > 0"))
    if filters.updated_since is not None:
        statement = statement.where(_LOANS.c.updated_at >= filters.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` loans by area and id, from the first after `after`."""
    key = (_LOANS.c.area_code, _LOANS.c.id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many loans the filters leave."""
    return await counted(session, _listed(filters).with_only_columns(_LOANS.c.id))


async def loan(session: AsyncSession, loan_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a loan of the caller's areas with the names of product and borrower, in whatever state."""
    rows = await fetch(
        session, select(*_SHOWN).where(_LOANS.c.id == loan_id, within(_LOANS.c.area_code, areas))
    )
    return rows[0] if rows else None


async def locked(session: AsyncSession, loan_id: UUID) -> LoanFacts | None:
    """Return a loan wherever it is and lock it until the transaction ends."""
    row = await (await driver(session)).fetchrow(_LOCKED, loan_id)
    return None if row is None else LoanFacts(**{**row, "state": State(row["state"])})


async def instalments(
    session: AsyncSession, loan_id: UUID, *, schedule_no: int | None = None
) -> list[asyncpg.Record]:
    """Return the instalments of a loan's schedule by number, of the one in force unless another is named."""
    statement = select(*_INSTALMENTS.c).where(_INSTALMENTS.c.loan_id == loan_id)
    if schedule_no is None:
        statement = statement.join(_LOANS, _LOANS.c.id == _INSTALMENTS.c.loan_id)
        statement = statement.where(_INSTALMENTS.c.schedule_no == _LOANS.c.schedule_no)
    else:
        statement = statement.where(_INSTALMENTS.c.schedule_no == schedule_no)
    return await fetch(session, statement.order_by(_INSTALMENTS.c.number))


async def rows_of(
    session: AsyncSession, loan_id: UUID, schedule_no: int, *, unsettled: bool = False
) -> list[Instalment]:
    """Return a schedule's instalments as the rules take them, the oldest due first."""
    statement = _UNSETTLED if unsettled else _OF_SCHEDULE
    return [Instalment(*row) for row in await (await driver(session)).fetch(statement, loan_id, schedule_no)]


async def schedules(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return a loan's schedules, the oldest first."""
    statement = select(*_SCHEDULES.c).where(_SCHEDULES.c.loan_id == loan_id)
    return await fetch(session, statement.order_by(_SCHEDULES.c.schedule_no))


async def schedule(session: AsyncSession, loan_id: UUID, schedule_no: int) -> asyncpg.Record | None:
    """Return what is known of a schedule: `schedule_no, reason, made_on, advance`."""
    return await (await driver(session)).fetchrow(_BASE, loan_id, schedule_no)


async def pauses(session: AsyncSession, loan_id: UUID) -> tuple[tuple[date, date | None], ...]:
    """Return the times in which a loan was frozen, the oldest first; the last may not have ended."""
    return tuple(tuple(row) for row in await (await driver(session)).fetch(_PAUSES, loan_id))


async def followed(session: AsyncSession, loan: LoanFacts, *, on: date) -> bool:
    """Tell whether a committee member who is in office on a day answers for a loan's borrower."""
    given = (loan.fund_id, loan.borrower_kind, loan.borrower_id, on)
    return bool(await (await driver(session)).fetchval(_FOLLOWED, *given))


async def lent(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return what was paid out when and stands: `paid_on, amount`, the oldest first."""
    return list(await (await driver(session)).fetch(_LENT, loan_id))


async def lent_since(session: AsyncSession, loan_id: UUID) -> date | None:
    """Return the day on which money was first paid out, or the cut-off day of a loan that was taken over."""
    found: date | None = await (await driver(session)).fetchval(_LENT_SINCE, loan_id)
    return found


async def interest_paid(session: AsyncSession, loan_id: UUID) -> int:
    """Return the interest that the receipts which stand have paid, under whichever schedule."""
    return int(await (await driver(session)).fetchval(_INTEREST_PAID, loan_id))


async def repaid(session: AsyncSession, loan_id: UUID) -> bool:
    """Tell whether a receipt stands on a loan."""
    return bool(await (await driver(session)).fetchval(_REPAID, loan_id))


async def disbursements(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return a loan's disbursements with their journals, the oldest first."""
    statement = select(*_PAID_OUT.c).where(_PAID_OUT.c.loan_id == loan_id)
    return await fetch(session, statement.order_by(_PAID_OUT.c.paid_on, _PAID_OUT.c.id))


async def shares(session: AsyncSession, loan_id: UUID) -> dict[UUID, int]:
    """Return what each member of a group has of its loan; nothing for other borrowers."""
    rows = await (await driver(session)).fetch(_SHARES, loan_id)
    return {row["member_id"]: row["amount"] for row in rows}


async def open_of(
    session: AsyncSession, *, person_id: UUID | None = None, household_id: UUID | None = None
) -> list[asyncpg.Record]:
    """Return the open loans that a person or household answers for.

    Her own, her household's, her groups' and those of somebody who died before that she answers for:
    `id, fund_id, area_code, borrower_kind, state`, by id: the order to lock them in.
    """
    return list(await (await driver(session)).fetch(_OF_PERSON, person_id, household_id))
