"""Lines of accounts page by page: each with the balance that all lines before it come to."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries, reading
from funds.ledger.reading import LineFilters
from funds.ledger.rules import Account, JournalKind, Line
from tests.ledger.conftest import Books


async def a_history(session: AsyncSession, books: Books, random: Random) -> UUID:
    """Book sixty entries of forty days in no order, some of them reversed; return the fund's id."""
    fund_id = await books.fund(session)
    for _ in range(60):
        day = books.today - timedelta(days=random.randrange(40))
        kind, other = random.choice(
            [(JournalKind.EXPENSE, Account.EXPENSES), (JournalKind.TRANSFER, Account.CASH)]
        )
        amount = random.randrange(1, 1_000)
        lines = (Line(other, debit=amount), Line(Account.BANK, credit=amount))
        made = await books.post(session, fund_id, books.entry(kind, *lines, on=day))
        if random.random() < 0.2:
            await books.reverse(session, fund_id, made.journal_id)
    return fund_id


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_page_of_an_account_continues_the_balance(
    session: AsyncSession, books: Books, seed: int
) -> None:
    fund_id = await a_history(session, books, Random(seed))  # noqa: S311  # no secret
    middle = books.today - timedelta(days=20)
    of_bank = LineFilters(fund_id, [Account.BANK.value])
    asked = [
        of_bank,
        LineFilters(fund_id, [Account.CASH.value, Account.BANK.value]),
        replace(of_bank, first=middle),
        replace(of_bank, last=middle),
        replace(of_bank, kinds=["expense"], first=middle),
        replace(of_bank, kinds=["advance"]),
    ]
    for filters in asked:
        whole = replace(filters, until_number=10_000)  # counted over all lines, as what a number said is
        expected = await reading.lines(session, filters=whole, after=None, limit=1_000)
        paged, after = [], None
        while page := await reading.lines(session, filters=filters, after=after, limit=7):
            paged += page
            after = (page[-1]["business_date"], page[-1]["number"], page[-1]["line_no"])
        assert [dict(row) for row in paged] == [dict(row) for row in expected]
    everything = await reading.lines(session, filters=of_bank, after=None, limit=1_000)
    assert everything[-1]["balance"] == await queries.balance(session, fund_id, Account.BANK)
