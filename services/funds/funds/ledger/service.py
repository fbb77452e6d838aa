"""Booking: every journal of every capability goes through here, in the transaction of what it records.

`post`, `reverse`, `reserve` and `release` lock the row of the fund's books until the transaction ends. Call
them last, after loans and instalments are locked; several funds in the order of their ids. Then nothing
waits in a circle, and the fund is locked for no longer than a commit takes.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import (
    CONSTRAINTS,
    BooksNotFound,
    JournalNotFound,
    LineNotValid,
    OverCapital,
    ReservedTooLittle,
    ReversalBeforeEntry,
    ReversalByRecorder,
    UnbalancedEntry,
)
from funds.ledger.rules import Entry, Fault, Wrong, wrongs
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.money import baht
from shared.security import Principal


class Posted(NamedTuple):
    """A journal that is booked: its id and its number in the fund's books."""

    journal_id: UUID
    number: int


_OPEN = "INSERT INTO fund_books (fund_id, kind, area_code, opened_at) VALUES ($1, $2, $3, $4)"

# Journals get their numbers in the order given, by a trigger; their lines are added with those numbers.
_POST = """
WITH given AS (
    SELECT * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::date[], $10::date[],
        $11::text[], $12::smallint[], $13::bigint[])
    WITH ORDINALITY AS g (id, kind, document_kind, document_id, document_no, business_date, value_date, memo,
        line_count, total, place)
), booked AS (
    INSERT INTO journals (id, fund_id, kind, document_kind, document_id, document_no, business_date,
        value_date, recorded_at, actor, memo, line_count, total)
    SELECT id, $1, kind, document_kind, document_id, document_no, business_date, value_date, $3, $2, memo,
        line_count, total
    FROM given ORDER BY place
    RETURNING id, number, business_date
), lines AS (
    INSERT INTO journal_lines (journal_id, line_no, fund_id, number, business_date, account, debit, credit,
        loan_id, member_id)
    SELECT booked.id, line.line_no, $1, booked.number, booked.business_date, line.account, line.debit,
        line.credit, line.loan_id, line.member_id
    FROM unnest($14::uuid[], $15::smallint[], $16::text[], $17::bigint[], $18::bigint[], $19::uuid[],
        $20::uuid[]) AS line (journal_id, line_no, account, debit, credit, loan_id, member_id)
    JOIN booked ON booked.id = line.journal_id
)
SELECT id, number FROM booked ORDER BY number
"""

_REVERSE = """
WITH booked AS (
    INSERT INTO journals (id, fund_id, kind, document_kind, document_id, document_no, business_date,
        value_date, recorded_at, actor, memo, reverses, line_count, total)
    SELECT $3, fund_id, 'reversal', document_kind, document_id, document_no, $4, $4, $5, $6, $7, id,
        line_count, total
    FROM journals WHERE fund_id = $1 AND id = $2 AND (actor <> $6 OR $8) AND business_date <= $4
    RETURNING id, number, business_date
), lines AS (
    INSERT INTO journal_lines (journal_id, line_no, fund_id, number, business_date, account, debit, credit,
        loan_id, member_id)
    SELECT booked.id, line.line_no, $1, booked.number, booked.business_date, line.account, line.credit,
        line.debit, line.loan_id, line.member_id
    FROM journal_lines AS line, booked WHERE line.journal_id = $2
)
SELECT id, number FROM booked
"""

_ORIGINAL = "SELECT business_date FROM journals WHERE fund_id = $1 AND id = $2"

_RESERVE = """
UPDATE fund_books SET reserved = reserved + $2 WHERE fund_id = $1 AND cash - reserved >= $2 RETURNING reserved
"""
_RELEASE = """
UPDATE fund_books SET reserved = reserved - $2 WHERE fund_id = $1 AND reserved >= $2 RETURNING reserved
"""
_MONEY = "SELECT cash - reserved AS available, reserved FROM fund_books WHERE fund_id = $1"


async def open_books(
    session: AsyncSession, *, fund_id: UUID, kind: str, area_code: str, now: datetime
) -> None:
    """Open a fund's books, empty; raises BooksExist. `kind` and `area_code` are the fund's for good."""
    connection = await driver(session)
    async with _refusing():
        await connection.execute(_OPEN, fund_id, kind, area_code, now)


async def post(
    session: AsyncSession, *, fund_id: UUID, entry: Entry, actor: Principal | str, now: datetime
) -> Posted:
    """Book one entry in a fund's books; the fund's books stay locked until the transaction ends.

    Raises UnbalancedEntry, LineNotValid, EntryInFuture, PeriodClosed, OverCapital, BooksNotFound. After a
    refusal the transaction (or its savepoint) is to be rolled back.
    """
    return (await post_many(session, fund_id=fund_id, entries=[entry], actor=actor, now=now))[0]


async def post_many(
    session: AsyncSession, *, fund_id: UUID, entries: Sequence[Entry], actor: Principal | str, now: datetime
) -> list[Posted]:
    """Book entries of one fund in their order, in one statement; all or none. Raises as `post` does."""
    for at, entry in enumerate(entries):
        check(entry, pointer="" if len(entries) == 1 else f"/entries/{at}")
    if not entries:
        return []
    ids = [uuid7() for _ in entries]
    lines = [
        (journal_id, number, line)
        for journal_id, entry in zip(ids, entries, strict=True)
        for number, line in enumerate(entry.lines, 1)
    ]
    connection = await driver(session)
    async with _refusing():
        rows = await connection.fetch(
            _POST,
            fund_id,
            _subject(actor),
            now,
            ids,
            [entry.kind.value for entry in entries],
            [entry.document_kind for entry in entries],
            [entry.document_id for entry in entries],
            [entry.document_no for entry in entries],
            [entry.business_date for entry in entries],
            [entry.value_date or entry.business_date for entry in entries],
            [entry.memo for entry in entries],
            [len(entry.lines) for entry in entries],
            [sum(line.debit for line in entry.lines) for entry in entries],
            [journal_id for journal_id, _, _ in lines],
            [number for _, number, _ in lines],
            [line.account.value for _, _, line in lines],
            [line.debit for _, _, line in lines],
            [line.credit for _, _, line in lines],
            [line.loan_id for _, _, line in lines],
            [line.member_id for _, _, line in lines],
        )
    return [Posted(row["id"], row["number"]) for row in rows]


async def reverse(  # the eight things that a reversal is
    session: AsyncSession,
    *,
    fund_id: UUID,
    journal_id: UUID,
    business_date: date,
    memo: str | None,
    actor: Principal | str,
    now: datetime,
    by_two: bool = False,
) -> Posted:
    """Book the mirror of a journal (กลับรายการ): each line again with its sides exchanged.

    By another person than who recorded it, for nobody makes money come and go alone; by the same one only
    where somebody else has proposed it (`by_two`). Raises JournalNotFound, ReversalBeforeEntry,
    ReversalByRecorder, AlreadyReversed, NotReversible, PeriodClosed, EntryInFuture, OverCapital (the
    money was given out meanwhile). The document is the original's.
    """
    connection = await driver(session)
    async with _refusing():
        row = await connection.fetchrow(
            _REVERSE, fund_id, journal_id, uuid7(), business_date, now, _subject(actor), memo, by_two
        )
    if row is None:
        not_before(await connection.fetchval(_ORIGINAL, fund_id, journal_id), business_date)
        raise ReversalByRecorder
    return Posted(row["id"], row["number"])


def not_before(booked_on: date | None, day: date, *, pointer: str | None = None) -> None:
    """Raise ReversalBeforeEntry for a reversal before the day of its journal, JournalNotFound without one."""
    if booked_on is None:
        raise JournalNotFound
    if day < booked_on:
        raise ReversalBeforeEntry(f"ไม่ก่อน {booked_on}", f"Not before {booked_on}", pointer=pointer)


async def reserve(session: AsyncSession, *, fund_id: UUID, amount: int) -> None:
    """Keep money back for what was approved (กันเงิน), in satang; raises OverCapital, BooksNotFound.

    Money kept back cannot be spent or kept back again: release it in the transaction that pays it out,
    before the payment is posted.
    """
    await _move(session, _RESERVE, fund_id=fund_id, amount=amount)


async def release(session: AsyncSession, *, fund_id: UUID, amount: int) -> None:
    """Give free what was kept back, in satang; raises ReservedTooLittle, BooksNotFound."""
    await _move(session, _RELEASE, fund_id=fund_id, amount=amount)


async def lock(session: AsyncSession, *, fund_id: UUID) -> None:
    """Let nobody post in a fund's books until the transaction ends; raises BooksNotFound."""
    connection = await driver(session)
    if await connection.fetchval("SELECT 1 FROM fund_books WHERE fund_id = $1 FOR UPDATE", fund_id) is None:
        raise BooksNotFound


def check(entry: Entry, *, pointer: str = "") -> None:
    """Raise UnbalancedEntry or LineNotValid for an entry that cannot be; `pointer` is where it stands."""
    found = wrongs(entry)
    if not found:
        return
    errors = [_field(wrong, pointer) for wrong in found]
    unbalanced = any(wrong.fault in (Fault.UNBALANCED, Fault.TOO_FEW_LINES) for wrong in found)
    raise (UnbalancedEntry if unbalanced else LineNotValid)(errors=errors)


async def _move(session: AsyncSession, statement: str, *, fund_id: UUID, amount: int) -> None:
    if amount < 0:
        raise ValueError("an amount to reserve or release is not negative")
    connection = await driver(session)
    if await connection.fetchval(statement, fund_id, amount) is not None:
        return
    money = await connection.fetchrow(_MONEY, fund_id)
    if money is None:
        raise BooksNotFound
    if statement == _RELEASE:
        raise ReservedTooLittle
    available = baht(money["available"])
    raise OverCapital(f"ใช้ได้ {available} บาท", f"{available} baht are available", available=available)


def _subject(actor: Principal | str) -> str:
    return actor if isinstance(actor, str) else actor.subject


_TEXTS = {
    Fault.TOO_FEW_LINES: ("ต้องมีอย่างน้อยสองบรรทัด", "needs two lines at least"),
    Fault.AMOUNT: ("ต้องมีเดบิตหรือเครดิตอย่างใดอย่างหนึ่ง", "has either a debit or a credit"),
    Fault.UNBALANCED: ("เดบิตไม่เท่ากับเครดิต", "debits and credits differ"),
    Fault.LOAN: ("บัญชีลูกหนี้และเงินรับล่วงหน้าต้องระบุสัญญา บัญชีอื่นไม่ระบุ", "names its loan on 1100 and 2100 only"),
    Fault.MEMBER: ("บัญชีเงินสัจจะและหุ้นต้องระบุสมาชิก บัญชีอื่นไม่ระบุ", "names its member on 2200 and 3100 only"),
    Fault.KIND: ("กลับรายการด้วยคำสั่งกลับรายการ", "a reversal is made by reversing"),
}


def _field(wrong: Wrong, pointer: str) -> FieldError:
    place = "" if wrong.line is None else f"/{wrong.line}"
    return FieldError(f"{pointer}/lines{place}", wrong.fault.value, *_TEXTS[wrong.fault])


@asynccontextmanager
async def _refusing() -> AsyncIterator[None]:
    """Raise what the books' constraints mean: callers outside HTTP get the refusals too."""
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = CONSTRAINTS.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal from error
