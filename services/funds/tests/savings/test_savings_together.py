"""Many treasurers at once and any history: no baht is lost or doubled, balances are the books'."""

import asyncio
from collections import Counter
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from funds.ledger import checking
from funds.ledger.errors import OverCapital
from funds.savings import service
from funds.savings.errors import NotEnoughSavings, SavingsDocumentUsed
from funds.savings.rules import HeldAs
from funds.savings.schemas import MovementReversal, NewDeposit, NewDeposits, NewSavingsRules, NewWithdrawal
from funds.savings_distributions import service as distributions
from funds.savings_distributions.rules import Kind as DistributionKind
from funds.savings_distributions.schemas import NewDistribution, NewDistributionDecision
from shared.db import Database
from shared.errors import Refusal
from shared.ids import uuid7
from shared.testing.look import rows
from tests.factories import APPROVER, CHAIR, NOW, OFFICER, a_fund, a_member

_AGREE = """
SELECT account.member_id FROM savings_accounts AS account
LEFT JOIN (
    SELECT member_id, sum(savings) AS savings, sum(shares) AS shares FROM savings_movements
    WHERE reversed_on IS NULL GROUP BY member_id
) AS moved USING (member_id)
LEFT JOIN (
    SELECT member_id, sum(credit - debit) FILTER (WHERE account = '2200') AS savings,
        sum(credit - debit) FILTER (WHERE account = '3100') AS shares
    FROM journal_lines WHERE member_id IS NOT NULL GROUP BY member_id
) AS booked USING (member_id)
WHERE (account.savings, account.shares) IS DISTINCT FROM
        (coalesce(moved.savings, 0)::bigint, coalesce(moved.shares, 0)::bigint)
   OR (account.savings, account.shares) IS DISTINCT FROM
        (coalesce(booked.savings, 0)::bigint, coalesce(booked.shares, 0)::bigint)
"""


@pytest.fixture
async def people(database: Database) -> tuple[UUID, list[UUID]]:
    """Make a group of four members."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="savings", area_code="34190105")
        return fund.id, [(await a_member(session, fund)).id for _ in range(4)]


def a_sheet(document_no: str, *items: NewDeposit) -> NewDeposits:
    return NewDeposits.model_construct(
        month="2026-01",
        paid_on=date(2026, 1, 5),
        held_as=HeldAs.CASH,
        document_no=document_no,
        items=list(items),
    )


def an_item(member_id: UUID, savings: int, shares: int = 0) -> NewDeposit:
    return NewDeposit.model_construct(id=uuid7(), member_id=member_id, savings=savings, shares=shares)


async def deposit(database: Database, fund_id: UUID, sheet: NewDeposits) -> list[str]:
    async with database.transaction() as session:
        outcomes = await service.deposit(session, fund_id=fund_id, new=sheet, actor=OFFICER, now=NOW)
    return ["refused" if one.refusal else "recorded" if one.recorded else "repeated" for one in outcomes]


async def withdraw(database: Database, fund_id: UUID, member_id: UUID, amount: int, document_no: str) -> str:
    new = NewWithdrawal.model_construct(
        member_id=member_id,
        paid_on=date(2026, 1, 6),
        savings=amount,
        held_as=HeldAs.CASH,
        document_no=document_no,
    )
    try:
        async with database.transaction() as session:
            await service.withdraw(session, fund_id=fund_id, new=new, actor=OFFICER, now=NOW)
    except Refusal as refusal:
        return refusal.code
    return "paid"


async def test_a_sheet_sent_by_twenty_at_once_is_recorded_once(
    database: Database, people: tuple[UUID, list[UUID]]
) -> None:
    fund_id, members = people
    sheet = a_sheet("1", *(an_item(member, 10_000) for member in members))
    told = await asyncio.gather(*(deposit(database, fund_id, sheet) for _ in range(20)))
    assert Counter(outcome for outcomes in told for outcome in outcomes) == {"recorded": 4, "repeated": 76}
    assert (await rows(database, "SELECT sum(savings)::bigint AS s FROM savings_accounts"))[0]["s"] == 40_000
    assert await rows(database, _AGREE) == []


async def test_fifty_withdrawals_of_the_last_money_pay_only_what_is_there(
    database: Database, people: tuple[UUID, list[UUID]]
) -> None:
    fund_id, members = people
    await deposit(database, fund_id, a_sheet("1", an_item(members[0], 10_000)))
    told = await asyncio.gather(
        *(withdraw(database, fund_id, members[0], 1_000, f"ถ {number}") for number in range(50))
    )
    assert Counter(told) == {"paid": 10, NotEnoughSavings.code: 40}
    assert await rows(database, _AGREE) == []


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_history_balances_are_the_movements_and_the_books(
    database: Database, people: tuple[UUID, list[UUID]], seed: int
) -> None:
    fund_id, members = people
    random = Random(seed)  # noqa: S311  # repeatable
    recorded: list[UUID] = []
    for number in range(40):
        step = random.random()
        if step < 0.5:
            items = [
                an_item(member, random.randrange(50_000), random.randrange(5) * 1_000)
                for member in random.sample(members, 2)
            ]
            told = await deposit(database, fund_id, a_sheet(f"ฝ {number}", *items))
            recorded += [one.id for one, outcome in zip(items, told, strict=True) if outcome == "recorded"]
        elif step < 0.8:
            told_one = await withdraw(
                database, fund_id, random.choice(members), random.randrange(1, 40_000), f"ถ {number}"
            )
            assert told_one in {"paid", NotEnoughSavings.code, OverCapital.code, SavingsDocumentUsed.code}
        elif recorded:
            await reverse(database, fund_id, random.choice(recorded))
        assert await rows(database, _AGREE) == []
    async with database.read() as session:
        assert await checking.differences(session, fund_id=fund_id) == []


@pytest.mark.parametrize("seed", range(3))
async def test_interest_shared_out_and_taken_back_at_random_leaves_balances_the_books(
    database: Database, people: tuple[UUID, list[UUID]], seed: int
) -> None:
    fund_id, members = people
    random = Random(seed)  # noqa: S311  # repeatable
    by: dict[str, Any] = {"fund_id": fund_id, "now": NOW}
    rules = {"valid_from": "2025-01-01", "share_value": "10.00", "interest_rate": "15.00", "resolution": "มติ"}
    async with database.transaction() as session:
        await service.resolve(session, new=NewSavingsRules.model_validate(rules), actor=OFFICER, **by)
    posted: list[UUID] = []
    outcomes: Counter[str] = Counter()
    for number in range(30):
        step = random.random()
        if step < 0.4:
            items = [an_item(member, random.randrange(1, 900_000)) for member in random.sample(members, 2)]
            await deposit(database, fund_id, a_sheet(f"ฝ {number}", *items))
        elif step < 0.55:
            amount = random.randrange(1, 700_000)
            outcomes[await withdraw(database, fund_id, random.choice(members), amount, f"ถ {number}")] += 1
        elif step < 0.8:
            outcomes[await share_out(database, random.randrange(5, 15), posted, by)] += 1
        elif posted:
            outcomes[await take_back(database, random.choice(posted), by)] += 1
        assert await rows(database, _AGREE) == []
    async with database.read() as session:
        assert await checking.differences(session, fund_id=fund_id) == []
    assert outcomes["shared"] > 0
    assert outcomes["taken back"] > 0


async def share_out(database: Database, day: int, posted: list[UUID], by: dict[str, Any]) -> str:
    """Share the interest of a day of January out, by two persons."""
    period = date(2026, 1, day)
    new = NewDistribution(
        kind=DistributionKind.INTEREST, period_from=period, period_to=period, resolution="มติ"
    )
    decision = NewDistributionDecision(decision="post")
    try:
        async with database.transaction() as session:
            made = await distributions.propose(session, new=new, actor=OFFICER, **by)
            await distributions.decide(session, distribution_id=made, new=decision, actor=APPROVER, **by)
    except Refusal as refusal:
        assert refusal.code in {"distribution_exists", "nothing_to_share"}  # noqa: PT017
        return refusal.code
    posted.append(made)
    return "shared"


async def take_back(database: Database, distribution_id: UUID, by: dict[str, Any]) -> str:
    reversal = MovementReversal(reason="อัตราผิด")
    about: dict[str, Any] = {"distribution_id": distribution_id, "actor": CHAIR, **by}
    try:
        async with database.transaction() as session:
            await distributions.reverse(session, reversal=reversal, **about)
    except Refusal as refusal:
        assert refusal.code in {"distribution_not_posted", NotEnoughSavings.code}  # noqa: PT017
        return refusal.code
    return "taken back"


async def test_the_books_check_finds_a_balance_that_is_not_the_books(
    database: Database, people: tuple[UUID, list[UUID]]
) -> None:
    fund_id, members = people
    await deposit(database, fund_id, a_sheet("1", an_item(members[0], 10_000)))
    async with database.transaction() as session:
        await session.execute(text("UPDATE savings_accounts SET savings = savings + 1"))
        (found,) = await checking.differences(session, fund_id=fund_id)
    assert (found.check, found.subject, found.kept) == ("savings", str(members[0]), "10001/0")


async def reverse(database: Database, fund_id: UUID, movement_id: UUID) -> None:
    by: dict[str, Any] = {"fund_id": fund_id, "actor": CHAIR, "now": NOW}
    try:
        async with database.transaction() as session:
            reversal = MovementReversal(reason="บันทึกผิด")
            await service.reverse(session, movement_id=movement_id, reversal=reversal, **by)
    except Refusal as refusal:
        assert refusal.code in {"savings_movement_reversed", NotEnoughSavings.code, OverCapital.code}  # noqa: PT017
