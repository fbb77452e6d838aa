"""A receipt of a group taken back after its debt became its members' own."""

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.rules import State
from tests.demand.debts import TODAY, a_late_loan
from tests.loans.test_no_money_kept_back import split_evenly
from tests.repayments.helpers import pay, stands, take_back


async def test_a_receipt_taken_back_after_a_split_is_owed_by_the_group_alone_and_no_more(
    session: AsyncSession,
) -> None:
    fund, loan_id = await a_late_loan(session)
    first = (await loans.instalments(session, loan_id))[0]
    receipt = await pay(session, loan_id, first["due_on"], first["principal"] + first["interest"])
    owed = (await stands(session, loan_id)).outstanding
    paid = 10_000_000 - owed
    await split_evenly(session, loan_id, owed)
    await take_back(session, receipt, TODAY)
    group = await stands(session, loan_id)
    assert (group.state, group.outstanding) == (State.ACTIVE, paid)
    assert await books.balance(session, fund.id, Account.LOANS) == 10_000_000
