"""A checked book becomes members, open loans, savings and one opening entry, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports.checking import Checked
from funds.book_imports.errors import BooksInUse
from funds.book_imports.linking import People
from funds.book_imports.remaining import remaining
from funds.book_imports.rules import CONTROLLED, Book
from funds.ledger import queries as books
from funds.ledger import service as ledger
from funds.ledger.chart import chart
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.loans import service as loans
from funds.loans.rules import BookLoan, PlannedRow
from funds.members import bulk
from funds.members.bulk import Joining
from funds.products import service as products
from funds.products.rules import ProductTerms
from funds.registry import service as registry
from funds.savings import service as savings
from funds.savings.rules import Holding
from funds.savings.service import Opening
from shared.security import Principal

DOCUMENT = "book_import"
"""The document kind of an opening entry."""


class Opened(NamedTuple):
    """The opening entry of a book."""

    journal_id: UUID
    number: int


async def post(
    session: AsyncSession,
    found: Mapping[str, Any],
    checked: Checked,
    people: People,
    *,
    actor: Principal,
    now: datetime,
) -> Opened:
    """Write everything of a book without faults; the fund's books are locked last.

    Raises FundNotFound, FundNotActive, BooksInUse, and what loans and ledger refuse.
    """
    fund = await registry.lock(session, found["fund_id"], principal=actor)
    cut_off = found["cut_off_on"]
    joining = [
        Joining(
            one.id,
            one.member_no,
            one.name,
            one.phone,
            one.joined_on or cut_off,
            people.households.get(one.id),
        )
        for one in people.new
    ]
    await bulk.enrol(session, fund=fund, people=joining, actor=actor, now=now)
    loan_ids: list[UUID] = []
    if checked.book.debtors:
        product = await products.terms(session, found["product_id"], fund_id=fund.id, on=cut_off)
        taken = book_loans(checked.book, people, product=product, found=found)
        loan_ids = await loans.open_from_book(
            session, fund_id=fund.id, loans=taken, cut_off=cut_off, actor=actor, now=now
        )
    entry = Entry(
        kind=JournalKind.OPENING,
        document_kind=DOCUMENT,
        document_id=found["id"],
        business_date=cut_off,
        lines=opening_lines(checked.book, people, loan_ids),
        memo="ยอดยกมา",
    )
    posted = await ledger.post(session, fund_id=fund.id, entry=entry, actor=actor, now=now)
    if await books.standing(session, fund.id, beside=posted.journal_id) is not None:
        raise BooksInUse
    if Account.SAVINGS.value in chart(fund.kind.value):
        opening = Opening(posted, cut_off, found["id"])
        held, pledged = holdings(checked.book, people)
        await savings.open_from_book(session, fund, held, pledged, opening=opening, actor=actor, now=now)
    return Opened(*posted)


def holdings(book: Book, people: People) -> tuple[dict[UUID, Holding], dict[UUID, int]]:
    """Return what members have and what they promised a month, in satang."""
    held: dict[UUID, Holding] = {}
    pledged: dict[UUID, int] = {}
    for row in book.members:
        member_id = people.of_member[row.line]
        before = held.get(member_id, Holding())
        held[member_id] = Holding(before.savings + row.savings, before.shares + row.shares)
        pledged[member_id] = pledged.get(member_id, 0) + row.pledge
    return held, pledged


def book_loans(
    book: Book, people: People, *, product: ProductTerms, found: Mapping[str, Any]
) -> list[BookLoan]:
    """Return the open loans of a book as they are taken over."""
    cut_off = found["cut_off_on"]
    return [
        BookLoan(
            product_id=found["product_id"],
            borrower_kind="member",
            borrower_id=people.of_debtor[row.line],
            contract_no=row.contract_no,
            contract_date=row.contract_date,
            principal=row.principal,
            outstanding=row.outstanding,
            advance=row.advance,
            annual_rate=product.annual_rate if row.annual_rate is None else row.annual_rate,
            instalments=[PlannedRow(*due) for due in remaining(row, terms=product, cut_off_on=cut_off)],
        )
        for row in book.debtors
    ]


def opening_lines(book: Book, people: People, loan_ids: Sequence[UUID]) -> list[Line]:
    """Return the opening entry's lines: a line an account, on control accounts one a loan or member."""
    sums: dict[Account, int] = {}
    for row in book.balances:
        if row.account not in CONTROLLED:
            sums[row.account] = sums.get(row.account, 0) + row.debit - row.credit
    lines = [
        Line(account, debit=max(sums[account], 0), credit=max(-sums[account], 0))
        for account in sorted(sums)
        if sums[account]
    ]
    for debtor, loan_id in zip(book.debtors, loan_ids, strict=True):
        lines.append(Line(Account.LOANS, debit=debtor.outstanding, loan_id=loan_id))
        if debtor.advance:
            lines.append(Line(Account.ADVANCES, credit=debtor.advance, loan_id=loan_id))
    for member in book.members:
        member_id = people.of_member[member.line]
        lines += [
            Line(account, credit=amount, member_id=member_id)
            for account, amount in ((Account.SAVINGS, member.savings), (Account.SHARES, member.shares))
            if amount
        ]
    return lines
