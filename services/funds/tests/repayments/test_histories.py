"""Random lives of loans: lent in parts, repaid, reversed, restructured, frozen; the books always agree."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger import queries as books
from funds.loans import lending, queries, service
from funds.loans.rules import PlannedRow, State
from funds.loans.schemas import NewDisbursement
from funds.repayments import service as repayments
from funds.repayments.rules import Early
from funds.repayments.schemas import NewRefund
from shared.errors import Refusal
from shared.money import baht
from tests.factories import OFFICER, TODAY, a_contract, a_fund
from tests.repayments.helpers import at, pay, stands, take_back

KINDS = ("womens", "savings", "institution", "poverty")
CAPITAL = 50_000_000


class Life:
    """A loan through its time."""

    def __init__(self, session: AsyncSession, seed: int) -> None:
        self.session, self.random = session, Random(seed)  # noqa: S311  # the same lives in every run
        self.day, self.money, self.vouchers = TODAY, CAPITAL, 0
        self.receipts: dict[UUID, int] = {}

    async def begin(self, kind: str) -> None:
        """Contract a loan and pay a part of it out."""
        fund = await a_fund(self.session, kind=kind, capital=CAPITAL)
        self.fund_id = fund.id
        instalments = 6 if kind == "poverty" else self.random.randint(3, 12)
        self.loan_id = await a_contract(self.session, fund, instalments=instalments, amount=6_000_000)
        await self.disburse(self.random.choice([6_000_000, 2_500_000]))

    async def disburse(self, amount: int) -> None:
        """Pay a part out."""
        self.vouchers += 1
        new = NewDisbursement.model_validate(
            {"amount": baht(amount), "channel": "bank", "document_no": f"บจ {self.vouchers}"}
        )
        await lending.disburse(self.session, loan_id=self.loan_id, new=new, actor=OFFICER, now=at(self.day))
        self.money -= amount

    async def pay(self) -> None:
        """Bring some money, recorded up to ten days late."""
        amount = self.random.choice([1, 99, 50_000, 260_000, 700_000, 3_000_000])
        day = max(self.day - timedelta(days=self.random.choice([0, 0, 0, 3, 10])), TODAY)
        early = self.random.choice([*Early, Early.NEXT, Early.NEXT, None])
        paid = await pay(self.session, self.loan_id, day, amount, early=early, now=at(self.day))
        self.receipts[paid] = amount
        self.money += amount

    async def take_back(self) -> None:
        """Reverse one of the receipts."""
        if self.receipts:
            chosen = self.random.choice(list(self.receipts))
            await take_back(self.session, chosen, self.day)
            self.money -= self.receipts.pop(chosen)

    async def refund(self) -> None:
        """Give the advance back."""
        loan = await queries.locked(self.session, self.loan_id)
        assert loan is not None
        new = NewRefund.model_validate({"channel": "cash", "document_no": "บจ คืน"})
        await repayments.refund(self.session, loan_id=self.loan_id, new=new, actor=OFFICER, now=at(self.day))
        self.money -= loan.advance

    async def restructure(self) -> None:
        """Agree on three new instalments."""
        loan = await queries.locked(self.session, self.loan_id)
        assert loan is not None
        third = loan.owed_principal // 3
        parts = (third, third, loan.owed_principal - 2 * third)
        rows = [
            PlannedRow(self.day + timedelta(days=30 * number), part, 1_000)
            for number, part in enumerate(parts, 1)
        ]
        await service.reschedule(self.session, rows=rows, reason="ขอผ่อนผัน", on=self.day, **self.by)

    async def waive(self) -> None:
        """Waive interest of the first instalment that asks for some."""
        rows = await service.charged(self.session, await self.facts, on=self.day)
        parts = {row.number: (row.owed_interest + 1) // 2 for row in rows if row.owed_interest}
        chosen = dict(list(parts.items())[:1])
        await service.waive_interest(self.session, parts=chosen, reason="น้ำท่วม", on=self.day, **self.by)

    async def freeze(self) -> None:
        """Freeze it, or end that."""
        if (await self.facts).state is State.FROZEN:
            await service.unfreeze(self.session, on=self.day, **self.by)
        else:
            await service.freeze(self.session, on=self.day, reason="ผู้กู้เสียชีวิต", **self.by)

    async def more(self) -> None:
        """Pay the rest out."""
        loan = await self.facts
        await self.disburse(loan.principal - loan.disbursed or 1)

    async def use(self) -> None:
        """Let the daily run use what was paid ahead."""
        await repayments.use_advance(
            self.session, loan_id=self.loan_id, on=self.day, actor="system:test", now=at(self.day)
        )

    @property
    def by(self) -> dict[str, Any]:
        return {"loan_id": self.loan_id, "actor": OFFICER, "now": at(self.day)}

    @property
    async def facts(self) -> Any:
        return await queries.locked(self.session, self.loan_id)

    async def go_on(self) -> None:
        """Let time go by and do something; what is refused changes nothing."""
        self.day += timedelta(days=self.random.choice([0, 1, 7, 31]))
        act = self.random.choice(
            [self.pay] * 8
            + [self.take_back] * 4
            + [self.refund, self.restructure, self.waive, self.freeze, self.more, self.use]
        )
        money = self.money
        try:
            async with self.session.begin_nested():
                await act()
        except Refusal:
            self.money = money


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
async def test_the_books_agree_with_every_life_of_a_loan(session: AsyncSession, seed: int, kind: str) -> None:
    life = Life(session, seed)
    await life.begin(kind)
    for _ in range(25):
        await life.go_on()
        await stands(session, life.loan_id)
        assert (await books.cash(session, life.fund_id)).cash == life.money
