"""Every SELECT on hand-overs; whoever asks has made sure that the fund is in the caller's areas."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from funds.handovers.models import FundHandover
from funds.handovers.rules import Counted, HandoverState, Side
from funds.ledger.rules import Account
from shared.areas import widest
from shared.db import counted, driver, fetch, seek

_TABLE = FundHandover.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
# The books are the ledger's; a position in them is all that is read here.
_LAST_NUMBER = "SELECT last_number FROM fund_books WHERE fund_id = $1"

_BALANCES = """
SELECT handover_id, account, counted, booked FROM fund_handover_balances
WHERE handover_id = ANY($1) ORDER BY handover_id, account
"""
_SIGNATURES = """
SELECT handover_id, side, subject, display_name, handover_version, signed_at FROM fund_handover_signatures
WHERE handover_id = ANY($1) ORDER BY handover_id, signed_at, side
"""

# A change: somebody left the seat of chair, secretary or treasurer. It is covered by a signed protocol of
# the fund with a day from $4 days before to $4 days after the last day in office.
_CHANGES = """
SELECT fund_id, area_code, max(term_to) AS changed_on, count(*) AS seats
FROM fund_committee_members AS left_seat
WHERE role IN ('chair', 'secretary', 'treasurer') AND term_to < $2 AND term_to >= $3
  AND area_code LIKE ANY($1)
  AND NOT EXISTS (
    SELECT FROM fund_handovers
    WHERE fund_handovers.fund_id = left_seat.fund_id AND fund_handovers.state = 'signed'
      AND fund_handovers.handed_on BETWEEN left_seat.term_to - $4::int AND left_seat.term_to + $4::int
  )
GROUP BY fund_id, area_code ORDER BY area_code, fund_id
"""


def _listed(fund_id: UUID, state: HandoverState | None) -> Select[Any]:
    statement: Select[Any] = select(*_TABLE.c).where(_TABLE.c.fund_id == fund_id)
    return statement if state is None else statement.where(_TABLE.c.state == state.value)


async def page(
    session: AsyncSession,
    *,
    fund_id: UUID,
    state: HandoverState | None,
    before: tuple[date, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return up to `limit` hand-overs, newest first, from the first before `before`, each whole."""
    key = (_TABLE.c.handed_on, _TABLE.c.id)
    statement = seek(_listed(fund_id, state), key, before, limit=limit, descending=True)
    return await _whole(session, await fetch(session, statement))


async def count(session: AsyncSession, *, fund_id: UUID, state: HandoverState | None) -> int:
    """Return how many hand-overs there are."""
    return await counted(session, _listed(fund_id, state))


async def one(
    session: AsyncSession, *, fund_id: UUID, handover_id: UUID, lock: bool = False
) -> dict[str, Any] | None:
    """Return a hand-over whole, locked if it is to be changed."""
    statement = _listed(fund_id, None).where(_TABLE.c.id == handover_id)
    rows = await fetch(session, statement.with_for_update() if lock else statement)
    return (await _whole(session, rows))[0] if rows else None


async def journal_number(session: AsyncSession, fund_id: UUID) -> int:
    """Return the number of the last entry in a fund's books, 0 before the first."""
    return int(await (await driver(session)).fetchval(_LAST_NUMBER, fund_id) or 0)


async def changes_without_handover(
    session: AsyncSession, *, areas: Sequence[str], today: date, since: date, days: int = 30
) -> list[asyncpg.Record]:
    """Return funds whose chair, secretary or treasurer left between `since` and today without a hand-over.

    `fund_id, area_code, changed_on, seats`, by area. Set-based, for the findings; it reads the terms of
    `committees` beside this capability's own table. `days` is how far the signed protocol may be from the
    last day in office.
    """
    prefixes = [f"{prefix}%" for prefix in widest(areas)]
    return list(await (await driver(session)).fetch(_CHANGES, prefixes, today, since, days))


async def _whole(session: AsyncSession, rows: Sequence[asyncpg.Record]) -> list[dict[str, Any]]:
    """Return hand-overs with what was counted in them (`Counted`) and who signed."""
    connection = await driver(session)
    ids = [row["id"] for row in rows]
    found = [{**row, "balances": [], "signatures": []} for row in rows]
    by_id = {one["id"]: one for one in found}
    for row in await connection.fetch(_BALANCES, ids):
        counted = Counted(Account(row["account"]), row["counted"], row["booked"])
        by_id[row["handover_id"]]["balances"].append(counted)
    for row in await connection.fetch(_SIGNATURES, ids):
        by_id[row["handover_id"]]["signatures"].append({**row, "side": Side(row["side"])})
    return found
