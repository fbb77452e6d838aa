"""A receipt of a group taken back after its debt became its members' own."""

from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.rules import State
from funds.loans.terms import repayment_terms
from funds.products import service as product_service
from funds.products.schemas import NewVersion
from shared.db import driver
from tests.demand.debts import TODAY, a_late_loan
from tests.factories import NOW, a_person
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


async def test_members_loans_are_repaid_by_the_groups_contract_not_by_terms_of_later(
    session: AsyncSession,
) -> None:
    fund, loan_id = await a_late_loan(session)
    group = await stands(session, loan_id)
    today = await product_service.terms(session, group.product_id, fund_id=None, on=NOW.date())
    harder = NewVersion.model_validate(
        {
            "valid_from": "2026-02-01",
            "terms": {
                "annual_rate": "3.00",
                "method": "flat",
                "penalty_rate": "15.00",
                "penalty_after_days": 0,
            },
            "source": "ประกาศฉบับใหม่",
            "confidence": "high",
        }
    )
    await product_service.add_version(
        session, product_id=group.product_id, new=harder, actor=a_person("department", areas=("",)), now=NOW
    )
    await split_evenly(session, loan_id, group.outstanding)
    mine = await (await driver(session)).fetch(
        "SELECT terms FROM loans WHERE fund_id = $1 AND borrower_kind = 'member'", fund.id
    )
    assert len(mine) > 1
    assert today.penalty_rate < Fraction(15, 100)
    for one in mine:
        assert repayment_terms(one["terms"]) == repayment_terms(group.terms)
        assert one["terms"]["schedule"]["method"] == group.terms["schedule"]["method"] == "equal_principal"
