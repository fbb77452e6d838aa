"""Booking through the service: numbers, money, reservations, reversals and what is refused."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import errors, queries, service
from funds.ledger.rules import Account, JournalKind, Line
from shared.db import Database, driver
from shared.errors import Refusal
from shared.ids import uuid7

Books = Any  # the fixture of conftest.py


async def test_numbers_of_a_funds_journals_have_no_gaps(session: AsyncSession, books: Books) -> None:
    fund_id = await books.fund(session)
    with pytest.raises(errors.OverCapital):
        async with session.begin_nested():
            await books.post(session, fund_id, books.disbursement(28_000_001))
    numbers = [(await books.post(session, fund_id, books.disbursement(100))).number for _ in range(3)]
    assert numbers == [2, 3, 4]


async def test_several_entries_are_booked_in_their_order_by_one_statement(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session)
    entries = [books.disbursement(amount) for amount in (100, 200, 300)]
    posted = await service.post_many(
        session, fund_id=fund_id, entries=entries, actor=books.treasurer, now=books.now
    )
    assert [one.number for one in posted] == [2, 3, 4]
    totals = await (await driver(session)).fetch(
        "SELECT total FROM journals WHERE fund_id = $1 AND number > 1 ORDER BY number", fund_id
    )
    assert [row["total"] for row in totals] == [100, 200, 300]
    assert (await queries.cash(session, fund_id)).cash == 28_000_000 - 600
    assert (
        await service.post_many(session, fund_id=fund_id, entries=[], actor=books.treasurer, now=books.now)
        == []
    )


async def test_balances_follow_the_lines_by_account_day_loan_and_member(
    session: AsyncSession, books: Books
) -> None:
    fund_id, loan_id, member_id = await books.fund(session), uuid7(), uuid7()
    yesterday = books.today - timedelta(days=1)
    await books.post(session, fund_id, books.disbursement(500_000, loan_id=loan_id, on=yesterday))
    await books.post(session, fund_id, books.disbursement(70_000))
    await books.post(session, fund_id, books.repayment(100_000, 2_500, loan_id=loan_id))
    saved = (Line(Account.CASH, debit=900), Line(Account.SAVINGS, credit=900, member_id=member_id))
    await books.post(session, fund_id, books.entry(JournalKind.SAVINGS, *saved))

    async def of(account: Account, **narrower: Any) -> int:
        return await queries.balance(session, fund_id, account, **narrower)

    assert await of(Account.LOANS) == 470_000
    assert await of(Account.LOANS, on=yesterday) == 500_000
    assert await of(Account.LOANS, loan_id=loan_id) == 400_000
    assert await of(Account.LOANS, loan_id=loan_id, on=yesterday) == 500_000
    assert await of(Account.INTEREST_INCOME) == 2_500
    assert await of(Account.SAVINGS, member_id=member_id) == 900
    assert await of(Account.GRANTS) == 0
    assert (await queries.cash(session, fund_id)).cash == 28_000_000 - 500_000 - 70_000 + 102_500 + 900


async def test_money_kept_back_can_neither_be_promised_again_nor_spent(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session, capital=1_000)
    await service.reserve(session, fund_id=fund_id, amount=700)
    assert await queries.cash(session, fund_id) == (1_000, 700, 300)
    with pytest.raises(errors.OverCapital) as refused:
        await service.reserve(session, fund_id=fund_id, amount=301)
    assert refused.value.extra == {"available": "3.00"}
    with pytest.raises(errors.OverCapital):
        async with session.begin_nested():
            await books.post(session, fund_id, books.expense(301))
    with pytest.raises(errors.ReservedTooLittle):
        await service.release(session, fund_id=fund_id, amount=701)
    await service.release(session, fund_id=fund_id, amount=700)
    await books.post(session, fund_id, books.disbursement(700))
    assert await queries.cash(session, fund_id) == (300, 0, 300)


async def test_the_last_money_is_reserved_once_however_many_ask_at_once(
    database: Database, books: Books
) -> None:
    async with database.transaction() as session:
        fund_id = await books.fund(session, capital=1_000_000)

    async def ask() -> bool:
        try:
            async with database.transaction() as session:
                await service.reserve(session, fund_id=fund_id, amount=30_000)
        except errors.OverCapital:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(50)))) == 33
    async with database.read() as session:
        assert await queries.cash(session, fund_id) == (1_000_000, 990_000, 10_000)


async def test_fifty_postings_at_once_get_fifty_numbers_and_lose_no_satang(
    database: Database, books: Books
) -> None:
    async with database.transaction() as session:
        fund_id = await books.fund(session, capital=1_000_000)

    async def book() -> int:
        async with database.transaction() as session:
            return int((await books.post(session, fund_id, books.disbursement(1_001))).number)

    assert sorted(await asyncio.gather(*(book() for _ in range(50)))) == list(range(2, 52))
    async with database.read() as session:
        assert (await queries.cash(session, fund_id)).cash == 1_000_000 - 50 * 1_001
        assert await queries.balance(session, fund_id, Account.LOANS) == 50 * 1_001


async def test_a_reversal_mirrors_every_line_and_happens_once(session: AsyncSession, books: Books) -> None:
    fund_id, loan_id = await books.fund(session), uuid7()
    await books.post(session, fund_id, books.disbursement(50_000, loan_id=loan_id))
    paid = await books.post(session, fund_id, books.repayment(30_000, 800, loan_id=loan_id))
    undone = await books.reverse(session, fund_id, paid.journal_id)
    assert await queries.balance(session, fund_id, Account.LOANS, loan_id=loan_id) == 50_000
    assert await queries.balance(session, fund_id, Account.INTEREST_INCOME) == 0
    assert (await queries.cash(session, fund_id)).cash == 28_000_000 - 50_000
    for journal_id, by, refusal in (
        (paid.journal_id, books.chair, errors.AlreadyReversed),
        (undone.journal_id, books.treasurer, errors.NotReversible),
        (uuid7(), books.chair, errors.JournalNotFound),
    ):
        with pytest.raises(refusal):
            async with session.begin_nested():
                await books.reverse(session, fund_id, journal_id, actor=by)


async def test_who_recorded_an_entry_takes_it_back_only_where_another_proposed_that(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session)
    paid = await books.post(session, fund_id, books.disbursement(50_000))
    with pytest.raises(errors.ReversalByRecorder):
        await books.reverse(session, fund_id, paid.journal_id, actor=books.treasurer)
    assert await queries.balance(session, fund_id, Account.LOANS) == 50_000
    await books.reverse(session, fund_id, paid.journal_id, actor=books.treasurer, by_two=True)
    assert await queries.balance(session, fund_id, Account.LOANS) == 0


async def test_a_reversal_is_dated_on_the_day_of_its_entry_or_later(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session)
    yesterday = books.today - timedelta(days=1)
    paid = await books.post(session, fund_id, books.capital(100))
    early = await books.post(session, fund_id, books.capital(100, on=yesterday))
    with pytest.raises(errors.ReversalBeforeEntry) as refused:
        await books.reverse(session, fund_id, paid.journal_id, business_date=yesterday)
    assert refused.value.detail_en == f"Not before {books.today}"
    await books.reverse(session, fund_id, early.journal_id, business_date=yesterday)


async def test_books_opened_in_the_small_hours_are_silent_since_that_day_in_thailand(
    session: AsyncSession, books: Books
) -> None:
    early = datetime(2023, 3, 14, 18, tzinfo=UTC)  # one in the morning of the fifteenth
    fund_id = uuid7()
    await service.open_books(session, fund_id=fund_id, kind="poverty", area_code=books.village, now=early)
    silent = queries.Filters(areas=("34",), fund_id=fund_id, silent_since=books.today)
    assert await queries.page(session, filters=silent, after=None, limit=1) == []


async def test_of_reversals_at_once_one_is_booked(database: Database, books: Books) -> None:
    async with database.transaction() as session:
        fund_id = await books.fund(session)
        given = await books.post(session, fund_id, books.disbursement(50_000))

    async def undo() -> bool:
        try:
            async with database.transaction() as session:
                await books.reverse(session, fund_id, given.journal_id)
        except errors.AlreadyReversed:
            return False
        return True

    assert sum(await asyncio.gather(*(undo() for _ in range(8)))) == 1
    async with database.read() as session:
        assert (await queries.cash(session, fund_id)).cash == 28_000_000


async def test_what_was_given_out_meanwhile_cannot_be_taken_back(session: AsyncSession, books: Books) -> None:
    fund_id = await books.fund(session, capital=0)
    given = await books.post(session, fund_id, books.capital(1_000))
    await books.post(session, fund_id, books.expense(1))
    with pytest.raises(errors.OverCapital):
        await books.reverse(session, fund_id, given.journal_id)


LOAN = UUID(int=7)


@pytest.mark.parametrize(
    ("lines", "refusal", "pointers"),
    [
        ([Line(Account.CASH, debit=1)], errors.UnbalancedEntry, ["/lines", "/lines"]),
        (
            [Line(Account.CASH, debit=2), Line(Account.CAPITAL, credit=1)],
            errors.UnbalancedEntry,
            ["/lines"],
        ),
        (
            [Line(Account.CASH, debit=1, credit=1), Line(Account.CAPITAL)],
            errors.LineNotValid,
            ["/lines/0", "/lines/1"],
        ),
        ([Line(Account.CASH, debit=-1), Line(Account.CAPITAL, credit=-1)], errors.LineNotValid, None),
        ([Line(Account.LOANS, debit=1), Line(Account.CASH, credit=1)], errors.LineNotValid, ["/lines/0"]),
        (
            [Line(Account.EXPENSES, debit=1, loan_id=LOAN), Line(Account.CASH, credit=1)],
            errors.LineNotValid,
            ["/lines/0"],
        ),
        ([Line(Account.CASH, debit=1), Line(Account.SHARES, credit=1)], errors.LineNotValid, ["/lines/1"]),
    ],
)
async def test_an_entry_that_cannot_be_is_refused_with_its_lines(
    session: AsyncSession, books: Books, lines: list[Line], refusal: type[Refusal], pointers: list[str] | None
) -> None:
    fund_id = await books.fund(session)
    with pytest.raises(refusal) as refused:
        await books.post(session, fund_id, books.entry(JournalKind.ADJUSTMENT, *lines))
    if pointers is not None:
        assert [error.pointer for error in refused.value.errors] == pointers


async def test_nothing_is_booked_tomorrow_nor_in_books_that_are_not_open(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session)
    entry = books.expense(1)
    for asked_fund, asked, refusal in (
        (fund_id, replace(entry, business_date=books.today + timedelta(days=1)), errors.EntryInFuture),
        (uuid7(), entry, errors.BooksNotFound),
        (fund_id, replace(entry, kind=JournalKind.REVERSAL), errors.LineNotValid),
    ):
        with pytest.raises(refusal):
            async with session.begin_nested():
                await books.post(session, asked_fund, asked)
    for call in (service.reserve, service.release):
        with pytest.raises(errors.BooksNotFound):
            await call(session, fund_id=uuid7(), amount=1)
    with pytest.raises(errors.BooksNotFound):
        await queries.cash(session, uuid7())
    with pytest.raises(errors.BooksExist):
        await service.open_books(
            session, fund_id=fund_id, kind="poverty", area_code=books.village, now=books.now
        )


@pytest.mark.parametrize("first", [1, 1_000])
async def test_a_posting_reads_no_other_journals_whatever_its_connection_booked_before(
    database: Database, books: Books, first: int
) -> None:
    async def book(count: int, session: AsyncSession) -> None:
        entries = [books.disbursement(100) for _ in range(count)]
        by = {"actor": books.treasurer, "now": books.now}
        await service.post_many(session, fund_id=fund_id, entries=entries, **by)

    async with database.transaction() as session:
        fund_id = await books.fund(session)
    one = Database(database.url, application_name="one connection", pool_size=1)
    for count in (first, 1_000):
        async with one.transaction() as session:
            await book(count, session)
    async with one.transaction() as session:
        await book(1, session)
        read_through = await (await driver(session)).fetchval(
            "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'journals'"
        )
    await one.close()
    assert read_through == 0


async def test_books_begin_with_their_opening_nothing_is_booked_on_a_day_before_it(
    session: AsyncSession, books: Books
) -> None:
    fund_id = await books.fund(session, capital=0)
    before = books.today - timedelta(days=1)
    lines = (Line(Account.BANK, debit=500), Line(Account.CAPITAL, credit=500))
    opening = await books.post(session, fund_id, books.entry(JournalKind.OPENING, *lines))
    with pytest.raises(Refusal) as refused:
        async with session.begin_nested():
            await books.post(session, fund_id, books.capital(100, on=before))
    assert refused.value.code == "period_closed"
    assert (await books.post(session, fund_id, books.capital(100))).number == 2

    await books.reverse(session, fund_id, opening.journal_id)
    assert (await books.post(session, fund_id, books.capital(100, on=before))).number == 4
