"""Every write on members' savings, set by set, while the caller holds the fund's lock."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.service import Posted
from funds.registry.rules import FundFacts
from funds.savings.rules import HeldAs, Holding, Kind
from shared.db import driver
from shared.ids import uuid7


class Movement(NamedTuple):
    """What moves a member's savings; below zero it goes out."""

    id: UUID
    member_id: UUID
    kind: Kind
    moved_on: date
    moved: Holding
    held_as: HeldAs | None = None
    document_no: str | None = None
    month: date | None = None
    source_id: UUID | None = None


class Undone(NamedTuple):
    """How something was reversed: on what day, by whom, why, and the journal of its mirror."""

    on: date
    by: str
    reason: str
    journal_id: UUID


_OPEN = """
INSERT INTO savings_accounts (member_id, fund_id, area_code, created_at, updated_at)
SELECT member_id, $1, $2, $3, $3 FROM unnest($4::uuid[]) AS new (member_id)
ON CONFLICT (member_id) DO NOTHING
"""
_MOVE = """
UPDATE savings_accounts AS account
SET savings = account.savings + moved.savings, shares = account.shares + moved.shares,
    last_moved_on = greatest(account.last_moved_on, moved.moved_on), updated_at = $1
FROM (
    SELECT member_id, sum(savings) AS savings, sum(shares) AS shares, max(moved_on) AS moved_on
    FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::date[])
        AS given (member_id, savings, shares, moved_on)
    GROUP BY member_id
) AS moved
WHERE account.member_id = moved.member_id
"""
_RECORD = """
INSERT INTO savings_movements (id, fund_id, area_code, member_id, kind, moved_on, savings, shares, held_as,
    document_no, month, source_id, journal_id, journal_number, recorded_by, recorded_at)
SELECT id, $1, $2, member_id, kind, moved_on, savings, shares, held_as, document_no, month, source_id,
    journal_id, journal_number, $3, $4
FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::date[], $9::bigint[], $10::bigint[], $11::text[],
    $12::text[], $13::date[], $14::uuid[], $15::uuid[], $16::bigint[])
    AS new (id, member_id, kind, moved_on, savings, shares, held_as, document_no, month, source_id,
        journal_id, journal_number)
"""
_REVERSE = """
UPDATE savings_movements
SET reversed_on = $2, reversed_by = $3, reversal_reason = $4, reversal_journal_id = $5 WHERE id = $1
"""
_REVERSE_OF = """
UPDATE savings_movements
SET reversed_on = $3, reversed_by = $4, reversal_reason = $5, reversal_journal_id = $6
WHERE fund_id = $1 AND source_id = $2 AND reversed_on IS NULL
"""


async def move(
    session: AsyncSession, fund: FundFacts, movements: Sequence[Movement], *, now: datetime
) -> None:
    """Change members' balances, opening accounts where there are none; by constraints NotEnoughSavings.

    To be called before the ledger, which locks the fund's books last.
    """
    connection = await driver(session)
    ids = [one.member_id for one in movements]
    await connection.execute(_OPEN, fund.id, fund.area_code, now, ids)
    await connection.execute(
        _MOVE,
        now,
        ids,
        [one.moved.savings for one in movements],
        [one.moved.shares for one in movements],
        [one.moved_on for one in movements],
    )


async def record(
    session: AsyncSession,
    fund: FundFacts,
    movements: Sequence[Movement],
    posted: Sequence[Posted],
    *,
    recorded_by: str,
    now: datetime,
) -> None:
    """Store movements with the journals that book them.

    By constraints SavingsMovementExists, SavingsDocumentUsed.
    """
    await (await driver(session)).execute(
        _RECORD,
        fund.id,
        fund.area_code,
        recorded_by,
        now,
        [one.id for one in movements],
        [one.member_id for one in movements],
        [one.kind.value for one in movements],
        [one.moved_on for one in movements],
        [one.moved.savings for one in movements],
        [one.moved.shares for one in movements],
        [None if one.held_as is None else one.held_as.value for one in movements],
        [one.document_no for one in movements],
        [one.month for one in movements],
        [one.source_id for one in movements],
        [one.journal_id for one in posted],
        [one.number for one in posted],
    )


_PLEDGE = """
INSERT INTO savings_pledges (id, fund_id, area_code, member_id, month_from, amount, recorded_by, created_at)
SELECT id, $1, $2, member_id, $3, amount, $4, $5
FROM unnest($6::uuid[], $7::uuid[], $8::bigint[]) AS new (id, member_id, amount)
"""


async def pledge(
    session: AsyncSession,
    fund: FundFacts,
    promised: Mapping[UUID, int],
    *,
    month: date,
    recorded_by: str,
    now: datetime,
) -> None:
    """Store pledges of several members from one month on; by its constraint PledgeExists."""
    connection = await driver(session)
    ids = [uuid7() for _ in promised]
    whose, amounts = list(promised), list(promised.values())
    facts = (fund.id, fund.area_code, month, recorded_by, now)
    await connection.execute(_PLEDGE, *facts, ids, whose, amounts)


async def reverse(session: AsyncSession, movement_id: UUID, undone: Undone) -> None:
    """Mark a movement reversed."""
    await (await driver(session)).execute(_REVERSE, movement_id, *undone)


async def reverse_of(session: AsyncSession, fund_id: UUID, source_id: UUID, undone: Undone) -> None:
    """Mark all movements of a source, such as a distribution, reversed."""
    await (await driver(session)).execute(_REVERSE_OF, fund_id, source_id, *undone)
