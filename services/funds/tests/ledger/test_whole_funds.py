"""Random histories of a whole fund, through the services as people use them: the books never disagree.

Each step either does what it says or is refused by name; after each one everything is counted anew, and what
the database would check at a commit is checked at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments import service as adjustments
from funds.adjustments.schemas import NewAdjustment, NewDecision
from funds.deaths import service as deaths
from funds.known_households import service as known_households
from funds.known_households.rules import Death
from funds.ledger import queries as books
from funds.ledger.checking import differences
from funds.ledger.rules import summary
from funds.periods import service as periods
from funds.periods.schemas import NewPeriod
from funds.registry.rules import FundFacts
from funds.reliefs import service as reliefs
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.savings import service as savings
from funds.savings.rules import HeldAs
from funds.savings.schemas import MovementReversal, NewDeposit, NewDeposits, NewWithdrawal
from funds.write_offs import service as write_offs
from funds.write_offs.schemas import NewWriteOff, WriteOffDecision
from shared.db import driver
from shared.errors import Refusal
from shared.ids import uuid7
from shared.money import baht
from tests.factories import APPROVER, CHAIR, OFFICER, TODAY, a_fund, a_loan, a_member
from tests.repayments.helpers import at, pay, take_back

_papers = count(1)
Step = tuple[str, int, int, int]


@dataclass
class Fund:
    """A savings group that lends, and what happened in it."""

    session: AsyncSession
    facts: FundFacts
    day: date = TODAY
    members: list[UUID] = field(default_factory=list)
    persons: dict[UUID, UUID] = field(default_factory=dict)
    borrowers: dict[UUID, UUID] = field(default_factory=dict)
    receipts: list[UUID] = field(default_factory=list)
    movements: list[UUID] = field(default_factory=list)

    @property
    def by(self) -> dict[str, Any]:
        return {"actor": OFFICER, "now": at(self.day)}

    def loan(self, pick: int) -> UUID:
        return list(self.borrowers)[pick % len(self.borrowers)]

    async def lend(self, amount: int, pick: int) -> None:
        person = uuid7()
        borrower = await a_member(self.session, self.facts, person_id=person, now=at(self.day))
        whole = max(amount // 100 * 100, 10_000)
        by: dict[str, Any] = {"amount": whole, "instalments": 1 + pick % 6, "now": at(self.day)}
        loan_id = await a_loan(self.session, self.facts, borrower=borrower, applied_on=self.day, **by)
        self.borrowers[loan_id], self.persons[loan_id] = borrower.id, person

    async def repay(self, amount: int, pick: int) -> None:
        receipt = await pay(self.session, self.loan(pick), self.day, amount, now=at(self.day))
        self.receipts.append(receipt)

    async def undo_repayment(self, amount: int, pick: int) -> None:
        del amount
        await take_back(self.session, self.receipts[pick % len(self.receipts)], self.day)

    async def relieve(self, amount: int, pick: int) -> None:
        terms: dict[str, Any] = {"kind": "reschedule", "instalments": 1 + pick % 5}
        terms["first_due"] = self.day + timedelta(days=30)
        if pick % 3 == 0:
            terms = {"kind": "interest_waiver", "amount": baht(amount % 2_000 + 1)}
        if pick % 3 == 1:
            terms = {"kind": "grace", "months": 1 + pick % 4}
        new = NewRelief.model_validate({"terms": terms, "reason": "น้ำท่วมพื้นที่เพาะปลูก"})
        about: dict[str, Any] = {"loan_id": self.loan(pick), "now": at(self.day)}
        relief_id = await reliefs.propose(self.session, new=new, actor=CHAIR, **about)
        approve = ReliefDecision(decision="approve")
        await reliefs.decide(self.session, relief_id=relief_id, decision=approve, actor=APPROVER, **about)

    async def write_off(self, amount: int, pick: int) -> None:
        del amount
        about: dict[str, Any] = {"loan_id": self.loan(pick), "now": at(self.day)}
        new = NewWriteOff(reason="ผู้กู้เสียชีวิต ไม่มีทายาท")
        await write_offs.propose(self.session, new=new, actor=CHAIR, **about)
        approve = WriteOffDecision(decision="approve")
        await write_offs.decide(self.session, if_match="*", decision=approve, actor=APPROVER, **about)

    async def die(self, amount: int, pick: int) -> None:
        del amount
        death = Death(self.persons[self.loan(pick)], 1, None, self.facts.area_code, self.day)
        await known_households.set_deaths(self.session, [death])
        await deaths.take_notice(self.session, [death], now=at(self.day))

    async def save(self, amount: int, pick: int) -> None:
        item = NewDeposit.model_construct(
            id=uuid7(), member_id=self.members[pick % 3], savings=amount, shares=1_000 * (pick % 4)
        )
        sheet = NewDeposits.model_construct(
            month=f"{self.day:%Y-%m}", paid_on=self.day, held_as=HeldAs.CASH,
            document_no=f"สจ {next(_papers)}", items=[item],
        )  # fmt: skip
        await savings.deposit(self.session, fund_id=self.facts.id, new=sheet, **self.by)
        self.movements.append(item.id)

    async def withdraw(self, amount: int, pick: int) -> None:
        movement = uuid7()
        new = NewWithdrawal.model_construct(
            id=movement, member_id=self.members[pick % 3], paid_on=self.day, savings=amount, shares=0,
            held_as=HeldAs.CASH, document_no=f"ถอน {next(_papers)}",
        )  # fmt: skip
        await savings.withdraw(self.session, fund_id=self.facts.id, new=new, **self.by)
        self.movements.append(movement)

    async def undo_saving(self, amount: int, pick: int) -> None:
        del amount
        movement = self.movements[pick % len(self.movements)]
        reversal = MovementReversal(reason="บันทึกผิดคน")
        await savings.reverse(
            self.session, fund_id=self.facts.id, movement_id=movement, reversal=reversal, actor=CHAIR,
            now=at(self.day),
        )  # fmt: skip

    async def adjust(self, amount: int, pick: int) -> None:
        kinds = (("expense", "5300", "1010"), ("transfer", "1000", "1010"), ("adjustment", "3000", "3900"))
        kind, debit, credit = kinds[pick % 3]
        lines = [{"account": debit, "debit": baht(amount)}, {"account": credit, "credit": baht(amount)}]
        day = self.day - timedelta(days=pick % 40)
        values = {"kind": kind, "business_date": day, "memo": "ใบสำคัญ", "lines": lines}
        new = NewAdjustment.model_validate(values)
        about: dict[str, Any] = {"fund_id": self.facts.id, "now": at(self.day)}
        adjustment = await adjustments.propose(self.session, new=new, actor=CHAIR, **about)
        post = NewDecision.model_validate({"decision": "post"})
        await adjustments.decide(self.session, adjustment_id=adjustment, new=post, actor=APPROVER, **about)

    async def close(self, amount: int, pick: int) -> None:
        del amount
        month_end = (self.day - timedelta(days=31 * (pick % 3))).replace(day=1) - timedelta(days=1)
        new = NewPeriod.model_validate({"period_to": month_end, "kind": "year" if pick % 5 == 0 else "month"})
        await periods.close(self.session, fund_id=self.facts.id, new=new, **self.by)

    async def take(self, step: Step) -> bool:
        """Let days go by and take a step; a refused one leaves nothing behind. Tells whether it was taken."""
        name, amount, pick, days = step
        self.day += timedelta(days=days)
        act: Callable[[int, int], Awaitable[None]] = getattr(self, name)
        needs = {"undo_repayment": self.receipts, "undo_saving": self.movements}
        if name not in _WITHOUT_LOAN and not needs.get(name, self.borrowers):
            return False
        kept = (dict(self.borrowers), list(self.receipts), list(self.movements))
        try:
            async with self.session.begin_nested():
                await act(amount, pick)
                await self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        except (Refusal, IntegrityError) as refusal:
            # By hand, capital can be booked away; that is told at the commit, by the database.
            if isinstance(refusal, IntegrityError) and not (name == "adjust" and _CAPITAL in str(refusal)):
                raise
            self.borrowers, self.receipts, self.movements = kept
            return False
        finally:
            await self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        return True


_CAPITAL = "makes the capital of the fund negative"
_WITHOUT_LOAN = frozenset({"lend", "save", "withdraw", "adjust", "close"})
STEPS = (
    "lend", "lend", "repay", "repay", "repay", "undo_repayment", "relieve", "write_off", "die",
    "save", "save", "withdraw", "undo_saving", "adjust", "close",
)  # fmt: skip
STEP = st.tuples(
    st.sampled_from(STEPS), st.integers(1, 2_000_000), st.integers(0, 60), st.sampled_from([0, 1, 7, 33])
)
PATIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


async def a_group_that_lends(session: AsyncSession) -> Fund:
    facts = await a_fund(session, kind="savings", capital=8_000_000)
    fund = Fund(session, facts)
    fund.members = [(await a_member(session, facts)).id for _ in range(3)]
    return fund


async def agrees(fund: Fund) -> None:
    """Count everything anew: journals, projections, sub-ledgers, closings, loans, savings, the six lines."""
    session, fund_id = fund.session, fund.facts.id
    assert await differences(session, fund_id=fund_id) == []
    sums = await books.sums(session, fund_id)
    assert sums == await books.sums(session, fund_id, on=fund.day)
    lines = summary(sums)
    assert lines.money + lines.loans == lines.owed + lines.capital + lines.surplus + lines.result
    assert lines.money == (await books.cash(session, fund_id)).cash >= 0
    assert lines.capital >= 0
    kept = await (await driver(session)).fetchrow(
        "SELECT coalesce(sum(outstanding), 0)::bigint AS loans, coalesce(sum(advance), 0)::bigint AS ahead, "
        "count(*) FILTER (WHERE outstanding < 0 OR advance < 0) AS below FROM loans WHERE fund_id = $1",
        fund_id,
    )
    assert kept is not None
    assert (lines.loans, kept["below"]) == (kept["loans"], 0)
    held = await (await driver(session)).fetchval(
        "SELECT coalesce(sum(savings), 0)::bigint FROM savings_accounts WHERE fund_id = $1", fund_id
    )
    assert lines.owed == kept["ahead"] + held


@settings(max_examples=20, deadline=None, suppress_health_check=PATIENT)
@given(steps=st.lists(STEP, min_size=6, max_size=20))
async def test_the_books_of_a_fund_agree_after_every_step_of_any_history(
    session: AsyncSession, steps: list[Step]
) -> None:
    fund = await a_group_that_lends(session)
    for step in (("lend", 900_000, 4, 0), ("save", 100_000, 1, 0), *steps):
        taken = await fund.take(step)
        event(f"{step[0]} {'taken' if taken else 'refused'}")
        await agrees(fund)


async def test_every_step_of_a_history_can_be_taken(session: AsyncSession) -> None:
    """Otherwise the histories above would agree because nothing happens in them."""
    fund = await a_group_that_lends(session)
    steps: list[Step] = [
        ("lend", 1_200_000, 5, 0), ("save", 300_000, 1, 1), ("repay", 250_000, 0, 33),
        ("undo_repayment", 0, 0, 1), ("relieve", 0, 5, 1), ("relieve", 0, 4, 1), ("repay", 700_000, 0, 7),
        ("withdraw", 100_000, 1, 0), ("undo_saving", 0, 1, 0), ("lend", 600_000, 0, 1), ("die", 0, 1, 1),
        ("adjust", 5_000, 0, 0), ("adjust", 5_000, 1, 0), ("adjust", 5_000, 2, 0), ("write_off", 0, 0, 33),
        ("repay", 20_000, 0, 1), ("close", 0, 1, 33), ("close", 0, 0, 33), ("relieve", 0, 6, 0),
    ]  # fmt: skip
    refused = []
    for step in steps:
        if not await fund.take(step):
            refused.append(step)
        await agrees(fund)
    assert refused == steps[-1:]  # what is written off is not relieved
    written = "SELECT sum(written_off)::bigint FROM loans WHERE fund_id = $1"
    assert await (await driver(session)).fetchval(written, fund.facts.id) > 0
