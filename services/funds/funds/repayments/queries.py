"""Every SELECT on repayments; a caller sees those of her areas."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import Label, Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.repayments.models import LoanEntry, Repayment, RepaymentPart
from funds.repayments.rules import Early, Receipt
from shared.areas import descends, within
from shared.db import counted, driver, fetch, seek

_REPAYMENTS = Repayment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_PARTS = RepaymentPart.__table__  # type: ignore[attr-defined]  # likewise
_ENTRIES = LoanEntry.__table__  # type: ignore[attr-defined]  # likewise

# The contract's number and who borrows are others' to know: read here in the same statement.
_CONTRACT: Label[str] = literal_column(
    "(SELECT contract_no FROM loans WHERE loans.id = repayments.loan_id)"
).label("contract_no")
_BORROWER: Label[str | None] = literal_column(
    "(SELECT coalesce((SELECT name FROM fund_members WHERE fund_members.id = loans.borrower_id), "
    "(SELECT name FROM borrower_groups WHERE borrower_groups.id = loans.borrower_id)) "
    "FROM loans WHERE loans.id = repayments.loan_id)"
).label("borrower_name")
_SHOWN = (*(column for column in _REPAYMENTS.c if column.name != "position"), _CONTRACT, _BORROWER)

_STANDING = """
SELECT paid_on AS on, amount, early, id, position, 0 AS kind FROM repayments
WHERE loan_id = $1 AND base_no = $2 AND reversed_on IS NULL
UNION ALL
SELECT on_date, advance, 'next', id, position, 1 FROM loan_entries
WHERE loan_id = $1 AND base_no = $2 AND kind = 'refund'
ORDER BY 1, 6, 5
"""
_SAME = """
SELECT loan_id, receipt_no, paid_on, booked_on, amount, channel, early, note FROM repayments WHERE id = $1
"""
_LAST_PAID = """
SELECT max(paid_on) FROM repayments WHERE loan_id = $1 AND reversed_on IS NULL AND id <> $2
"""
_LAST_ENTRY = "SELECT max(on_date) FROM loan_entries WHERE loan_id = $1"
_ADVANCE_USED = "SELECT max(on_date) FROM loan_entries WHERE loan_id = $1 AND kind = 'advance_use'"
_DUE_ADVANCES = """
SELECT id FROM loans WHERE state = 'active' AND advance > 0 AND next_due_on <= $1 ORDER BY id
"""
_LOCK_FREE = "SELECT id FROM loans WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"


@dataclass(frozen=True, slots=True)
class Filters:
    """Whose repayments, where, on which loan or in which fund, when, and by which receipt."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    fund_id: UUID | None = None
    loan_id: UUID | None = None
    receipt_no: str | None = None
    batch_id: UUID | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    reversed: bool | None = None
    updated_since: datetime | None = None


def _listed(filters: Filters) -> Select[tuple[object, ...]]:
    statement: Select[tuple[object, ...]] = select(*_SHOWN).where(
        within(_REPAYMENTS.c.area_code, filters.areas), descends(_REPAYMENTS.c.area_code, filters.area)
    )
    for name in ("fund_id", "loan_id", "receipt_no", "batch_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_REPAYMENTS.c[name] == wanted)
    if filters.paid_from is not None:
        statement = statement.where(_REPAYMENTS.c.paid_on >= filters.paid_from)
    if filters.paid_to is not None:
        statement = statement.where(_REPAYMENTS.c.paid_on <= filters.paid_to)
    if filters.reversed is not None:
        stands = _REPAYMENTS.c.reversed_on.is_(None)
        statement = statement.where(~stands if filters.reversed else stands)
    if filters.updated_since is not None:
        statement = statement.where(_REPAYMENTS.c.updated_at >= filters.updated_since)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: tuple[str, UUID] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` repayments by area and id, from the first after `after`."""
    key = (_REPAYMENTS.c.area_code, _REPAYMENTS.c.id)
    return await fetch(session, seek(_listed(filters), key, after, limit=limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many repayments the filters leave."""
    return await counted(session, _listed(filters).with_only_columns(_REPAYMENTS.c.id))


async def one(session: AsyncSession, repayment_id: UUID, *, areas: Sequence[str]) -> asyncpg.Record | None:
    """Return a repayment of the caller's areas, a reversed one too."""
    visible = within(_REPAYMENTS.c.area_code, areas)
    rows = await fetch(session, select(*_SHOWN).where(_REPAYMENTS.c.id == repayment_id, visible))
    return rows[0] if rows else None


async def parts(session: AsyncSession, repayment_id: UUID) -> list[asyncpg.Record]:
    """Return what each member of a group brought: `member_id, amount`."""
    statement = select(_PARTS.c.member_id, _PARTS.c.amount).where(_PARTS.c.repayment_id == repayment_id)
    return await fetch(session, statement.order_by(_PARTS.c.member_id))


async def entries(session: AsyncSession, loan_id: UUID) -> list[asyncpg.Record]:
    """Return what was booked on a loan beside its repayments, as it was recorded."""
    statement = select(*_ENTRIES.c).where(_ENTRIES.c.loan_id == loan_id)
    return await fetch(session, statement.order_by(_ENTRIES.c.position))


async def last_entry_on(session: AsyncSession, loan_id: UUID) -> date | None:
    """Return the day of the last thing that was booked on a loan beside its repayments."""
    found: date | None = await (await driver(session)).fetchval(_LAST_ENTRY, loan_id)
    return found


async def last_paid_on(session: AsyncSession, loan_id: UUID, *, without: UUID) -> date | None:
    """Return the day of a loan's last receipt that stands, since whichever schedule, one of them left out."""
    found: date | None = await (await driver(session)).fetchval(_LAST_PAID, loan_id, without)
    return found


async def advance_used_on(session: AsyncSession, loan_id: UUID) -> date | None:
    """Return the last day on which something due was paid out of what was kept ahead on a loan."""
    found: date | None = await (await driver(session)).fetchval(_ADVANCE_USED, loan_id)
    return found


async def standing(session: AsyncSession, loan_id: UUID, base_no: int) -> list[Receipt]:
    """Return the receipts and refunds that stand since a base schedule, by day and as recorded."""
    rows = await (await driver(session)).fetch(_STANDING, loan_id, base_no)
    return [Receipt(row["on"], row["amount"], Early(row["early"]), row["id"]) for row in rows]


async def same(session: AsyncSession, repayment_id: UUID) -> asyncpg.Record | None:
    """Return what tells a repayment from another of the same id."""
    return await (await driver(session)).fetchrow(_SAME, repayment_id)


async def due_advances(session: AsyncSession, *, on: date) -> list[UUID]:
    """Return the loans with money ahead and an instalment due on or before a day."""
    return [row["id"] for row in await (await driver(session)).fetch(_DUE_ADVANCES, on)]


async def lock_free(session: AsyncSession, loan_id: UUID) -> bool:
    """Lock a loan unless somebody else has; tells whether it is ours, without waiting."""
    return await (await driver(session)).fetchval(_LOCK_FREE, loan_id) is not None
