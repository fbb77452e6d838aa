"""Whatever happens to approvals, the books keep back exactly what is promised, never more than there is."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import deciding, lapsing, service
from funds.applications.decision_schemas import NewDecision
from funds.applications.errors import ApplicationNotApproved, WrongApplicationState
from funds.ledger import queries as books
from funds.ledger.errors import OverCapital
from funds.loans import lending
from funds.loans.schemas import NewLoan
from funds.registry.rules import FundFacts
from shared.db import Database, driver
from shared.errors import Refusal
from shared.money import baht
from tests.factories import (
    APPROVER,
    NOW,
    OFFICER,
    a_decider,
    a_fund,
    a_group,
    a_submitted_application,
    an_approved_application,
)

_PROMISED = """
SELECT coalesce((SELECT sum(reserved) FROM applications WHERE fund_id = $1), 0)
    + coalesce((SELECT sum(reserved) FROM loans WHERE fund_id = $1), 0)
"""
_STANDS = """
SELECT steps, step_no, coalesce(resolved_amount, amount) AS stands FROM applications WHERE id = $1
"""
MINUTES = {"number": "1/2569", "held_on": "2026-01-15"}


async def kept(session: AsyncSession, fund: FundFacts) -> None:
    """See that the books keep back what applications and loans say, and that there is as much."""
    money = await books.cash(session, fund.id)
    promised = await (await driver(session)).fetchval(_PROMISED, fund.id)
    assert money.reserved == promised
    assert 0 <= money.reserved <= money.cash


class History:
    """One fund and what is done to its applications, chosen by a seed."""

    def __init__(self, session: AsyncSession, fund: FundFacts, seed: int) -> None:
        self.session, self.fund = session, fund
        self.choose = random.Random(seed)  # noqa: S311  # a history, not a secret
        self.ids: list[UUID] = []
        self.now = NOW

    async def ask(self) -> None:
        amount = self.choose.randrange(100_000, 9_000_000)
        group = await a_group(self.session, self.fund, size=3)
        self.ids.append(
            await a_submitted_application(
                self.session, self.fund, borrower=group, amount=amount, now=self.now
            )
        )

    async def decide(self, application_id: UUID) -> None:
        row = await (await driver(self.session)).fetchrow(_STANDS, application_id)
        assert row is not None
        step = row["steps"][min(row["step_no"], 2)]
        words: dict[str, Any] = {"decision": step["kind"], "minutes": MINUTES}
        if self.choose.random() < 0.5:
            words |= {"amount": baht(self.choose.randrange(1, row["stands"] + 1)), "reason": "ลดวงเงิน"}
        await deciding.decide(
            self.session,
            if_match="*",
            application_id=application_id,
            new=NewDecision.model_validate(words),
            actor=a_decider(step["level"], self.fund, step["level"]),
            now=self.now,
        )

    async def take_up(self, application_id: UUID) -> None:
        new = NewLoan(application_id=application_id, contract_no=str(application_id), instalments=10)
        await lending.contract(self.session, new=new, actor=OFFICER, now=self.now)

    async def cancel(self, application_id: UUID) -> None:
        about: dict[str, Any] = {"application_id": application_id, "actor": OFFICER, "now": self.now}
        await service.cancel(self.session, reason="ขอถอน", **about)

    async def wait(self, _: UUID) -> None:
        self.now += timedelta(days=self.choose.choice([1, 30, 91]))
        await lapsing.lapse_due(self.session, now=self.now)

    async def step(self) -> bool:
        """Do something; returns whether it was done."""
        does = self.choose.choices([self.decide, self.take_up, self.cancel, self.wait], [12, 3, 2, 1])[0]
        try:
            async with self.session.begin_nested():
                await does(self.choose.choice(self.ids))
        except Refusal:
            return False
        return True


@pytest.mark.parametrize("seed", range(4))
async def test_the_books_keep_back_what_is_promised_after_every_step(
    session: AsyncSession, seed: int
) -> None:
    history = History(session, await a_fund(session, capital=20_000_000), seed)
    for _ in range(6):
        await history.ask()
    done = 0
    for _ in range(50):
        done += await history.step()
        await kept(session, history.fund)
    assert done > 10


async def test_an_approval_that_is_cancelled_and_taken_up_at_once_is_one_of_them(database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, capital=20_000_000)
        ids = [await an_approved_application(session, fund, amount=1_000_000) for _ in range(8)]

    async def cancel(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await service.cancel(
                    session, application_id=application_id, reason="ขอถอน", actor=OFFICER, now=NOW
                )
        except WrongApplicationState:
            return 0
        return 1

    async def take_up(application_id: UUID) -> int:
        try:
            async with database.transaction() as session:
                await service.take_up(session, application_id=application_id, actor=APPROVER, now=NOW)
        except ApplicationNotApproved:
            return 0
        return 1

    cancelled = asyncio.gather(*(cancel(one) for one in ids))
    taken = asyncio.gather(*(take_up(one) for one in reversed(ids)))
    assert sum(await cancelled) + sum(await taken) == len(ids)
    async with database.transaction() as session:
        assert (await books.cash(session, fund.id)).reserved == 1_000_000 * sum(taken.result())


async def test_money_freed_by_a_lapse_or_a_withdrawal_can_be_promised_again(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=10_000_000)

    async def promise(now: datetime) -> UUID:
        return await an_approved_application(session, fund, amount=10_000_000, now=now)

    first = await promise(NOW)
    with pytest.raises(OverCapital):
        async with session.begin_nested():
            await promise(NOW)
    await service.cancel(session, application_id=first, reason="ขอถอน", actor=OFFICER, now=NOW)
    await promise(NOW)
    later = NOW + timedelta(days=91)
    assert await lapsing.lapse_due(session, now=later) == 1
    await promise(later)
    assert (await books.cash(session, fund.id)).available == 0
