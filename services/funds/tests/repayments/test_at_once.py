"""Many at once on one loan and one fund: nothing is lost, nothing doubled, nobody waits in a circle."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import lending
from funds.loans import queries as loans
from funds.loans import service as changes
from funds.loans.errors import OverContract
from funds.loans.rules import State
from funds.loans.schemas import NewDisbursement
from funds.registry import service as registry
from funds.registry.schemas import StateChange
from funds.repayments import advances, batches, errors, quoting, service
from funds.repayments.schemas import NewBatch, NewRepayment
from shared.db import Database
from shared.ids import uuid7
from shared.problems import to_refusal
from tests.factories import CHAIR, NOW, OFFICER, a_contract, a_fund, a_loan
from tests.repayments.helpers import at, pay, stands, take_back

FEBRUARY, MARCH = date(2026, 2, 15), date(2026, 3, 15)
CONSTRAINTS = errors.CONSTRAINTS


async def loan_of(database: Database) -> UUID:
    async with database.transaction() as session:
        return await a_loan(session, await a_fund(session, capital=30_000_000))


async def outcome(work: object) -> str:
    """Return what became of a piece of work: done, or the code of its refusal."""
    try:
        await work  # type: ignore[misc]
    except Exception as error:  # noqa: BLE001  # told by its code
        return to_refusal(error, constraints=CONSTRAINTS).code
    return "done"


async def test_fifty_repayments_at_once_are_all_there(database: Database) -> None:
    loan_id = await loan_of(database)

    async def bring(amount: int) -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, amount)

    amounts = [10_000 + number for number in range(50)]
    assert [await one for one in asyncio.as_completed(map(outcome, map(bring, amounts)))] == ["done"] * 50
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        interest = await books.balance(session, loan.fund_id, Account.INTEREST_INCOME)
        assert 10_000_000 - loan.outstanding + loan.advance + interest == sum(amounts)
        cash = await books.balance(session, loan.fund_id, Account.CASH)
        assert cash == sum(amounts)


async def test_a_fund_is_closed_or_gets_back_what_was_written_off_never_both(database: Database) -> None:
    closing = StateChange.model_validate({"state": "closed", "reason": "ยุบรวม"})
    lost: dict[str, Any] = {"on": NOW.date(), "reason": "ผู้กู้หายไป", "actor": CHAIR, "now": NOW}
    for _ in range(5):
        async with database.transaction() as session:
            fund = await a_fund(session, capital=10_000_000)
            loan_id = await a_loan(session, fund)
            await changes.write_off(session, loan_id=loan_id, **lost)

        async def close(fund_id: UUID = fund.id) -> None:
            async with database.transaction() as session:
                await registry.set_state(session, fund_id=fund_id, change=closing, actor=CHAIR, now=NOW)

        async def recover(loan_id: UUID = loan_id) -> None:
            async with database.transaction() as session:
                await pay(session, loan_id, NOW.date(), 100)

        closed, recovered = await asyncio.gather(outcome(close()), outcome(recover()))
        assert (closed, recovered) in {("done", "fund_not_active"), ("fund_not_empty", "done")}


async def test_of_twenty_receipts_of_one_number_one_is_taken(database: Database) -> None:
    loan_id = await loan_of(database)

    async def bring() -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, 5_000, receipt_no="ร 7")

    codes = await asyncio.gather(*(outcome(bring()) for _ in range(20)))
    assert sorted(codes) == ["done", *["receipt_used"] * 19]
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        assert await books.balance(session, loan.fund_id, Account.CASH) == 5_000


async def test_of_one_slip_sent_twenty_times_at_once_one_is_booked(database: Database) -> None:
    loan_id = await loan_of(database)
    slip = NewRepayment.model_validate(
        {"id": uuid7(), "loan_id": loan_id, "receipt_no": "ร 7", "amount": "50.00", "channel": "cash"}
    )

    async def bring() -> bool:
        async with database.transaction() as session:
            return (await service.record(session, new=slip, actor=OFFICER, now=NOW)).repeated

    assert sorted(await asyncio.gather(*(bring() for _ in range(20)))) == [False, *[True] * 19]
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        assert await books.balance(session, loan.fund_id, Account.CASH) == 5_000


async def test_reversals_against_repayments_lose_and_double_nothing(database: Database) -> None:
    loan_id = await loan_of(database)
    async with database.transaction() as session:
        paid = [await pay(session, loan_id, FEBRUARY, 300_000 + number) for number in range(10)]

    async def bring(amount: int) -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, amount)

    async def back(repayment_id: UUID) -> None:
        async with database.transaction() as session:
            await take_back(session, repayment_id, FEBRUARY)

    works = [outcome(bring(70_000 + number)) for number in range(20)]
    works += [outcome(back(repayment_id)) for repayment_id in paid for _ in range(2)]
    codes = await asyncio.gather(*works)
    assert codes[:20] == ["done"] * 20
    assert sorted(codes[20:]) == ["done"] * 10 + ["repayment_reversed"] * 10
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        cash = await books.balance(session, loan.fund_id, Account.CASH)
        assert cash == sum(70_000 + number for number in range(20))


async def test_loans_of_one_fund_are_repaid_side_by_side(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", capital=90_000_000)
        ids = [await a_loan(session, fund, amount=1_000_000) for _ in range(5)]

    async def bring(loan_id: UUID, amount: int) -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, amount)

    works = [outcome(bring(loan_id, 1_000 + number)) for number in range(10) for loan_id in ids]
    assert set(await asyncio.gather(*works)) == {"done"}
    async with database.transaction() as session:
        for loan_id in ids:
            await stands(session, loan_id)
        assert await books.balance(session, fund.id, Account.CASH) == 5 * sum(range(1_000, 1_010))


async def test_a_pay_off_among_part_payments_closes_the_loan_and_keeps_what_is_too_much(
    database: Database,
) -> None:
    loan_id = await loan_of(database)
    async with database.read() as session:
        quote = await quoting.payoff(session, loan_id=loan_id, on=None, principal=OFFICER, now=at(FEBRUARY))

    async def bring(amount: int, **changes: Any) -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, amount, **changes)

    parts = [bring(300_000 + number) for number in range(8)]
    payoff = bring(quote.total, early="payoff")
    works = [outcome(work) for work in (*parts[:4], payoff, *parts[4:])]
    codes = await asyncio.gather(*works)
    assert codes[4] == "done"
    assert set(codes) <= {"done", "loan_not_open"}
    brought = [300_000 + number for number, code in enumerate(codes[:4] + codes[5:]) if code == "done"]
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        assert (loan.state, loan.outstanding) == (State.CLOSED, 0)
        interest = await books.balance(session, loan.fund_id, Account.INTEREST_INCOME)
        assert 10_000_000 + interest + loan.advance == quote.total + sum(brought)


async def test_advances_falling_due_among_receipts_and_reversals_are_used_once(database: Database) -> None:
    made, taken_back = [], []
    for _ in range(4):
        loan_id = await loan_of(database)
        made.append(loan_id)
        async with database.transaction() as session:
            await pay(session, loan_id, FEBRUARY, 1_025_000 + 100_000)
            taken_back.append(await pay(session, loan_id, FEBRUARY, 50_000))

    async def bring(loan_id: UUID, amount: int) -> None:
        async with database.transaction() as session:
            await pay(session, loan_id, MARCH, amount)

    async def back(repayment_id: UUID) -> None:
        async with database.transaction() as session:
            await take_back(session, repayment_id, MARCH)

    works = [outcome(advances.work(database, now=at(MARCH))) for _ in range(3)]
    works += [outcome(bring(loan_id, 10_000 + number)) for number in range(5) for loan_id in made]
    works += [outcome(back(repayment_id)) for repayment_id in taken_back]
    assert set(await asyncio.gather(*works)) == {"done"}
    await advances.work(database, now=at(MARCH))
    async with database.transaction() as session:
        for loan_id in made:
            loan = await stands(session, loan_id)
            brought = 1_125_000 + sum(range(10_000, 10_005))
            interest = await books.balance(session, loan.fund_id, Account.INTEREST_INCOME)
            assert loan.advance == 0
            assert 10_000_000 - loan.outstanding + interest == brought
            assert await books.balance(session, loan.fund_id, Account.CASH) == brought


async def test_two_phones_that_send_the_same_batch_at_once_record_each_receipt_once(
    database: Database,
) -> None:
    loan_id = await loan_of(database)
    items = [
        {
            "id": str(uuid7()),
            "loan_id": str(loan_id),
            "receipt_no": f"ร {n}",
            "amount": "5.00",
            "channel": "cash",
        }
        for n in range(10)
    ]
    sent = [NewBatch.model_validate({"items": items[::step]}) for step in (1, -1, 1)]
    told = await asyncio.gather(
        *(batches.record(database, batch=batch, actor=OFFICER, now=NOW) for batch in sent)
    )
    assert sum(one.recorded for one in told) == 10
    assert sum(one.repeated for one in told) == 20
    async with database.transaction() as session:
        loan = await stands(session, loan_id)
        assert await books.balance(session, loan.fund_id, Account.CASH) == 5_000


async def test_a_contract_is_paid_out_once_however_many_try(database: Database) -> None:
    async with database.transaction() as session:
        loan_id = await a_contract(session, await a_fund(session, capital=30_000_000))

    async def hand_out(number: int) -> bool:
        new = NewDisbursement.model_validate(
            {"channel": "bank", "document_no": f"บจ {number}", "amount": "30000.00"}
        )
        try:
            async with database.transaction() as session:
                await lending.disburse(session, loan_id=loan_id, new=new, actor=OFFICER, now=NOW)
        except OverContract:
            return False
        return True

    assert sum(await asyncio.gather(*(hand_out(number) for number in range(12)))) == 3
    async with database.transaction() as session:
        loan = await loans.locked(session, loan_id)
        assert loan is not None
        assert (loan.disbursed, loan.reserved) == (9_000_000, 1_000_000)
        assert (await books.cash(session, loan.fund_id)) == (21_000_000, 1_000_000, 20_000_000)
