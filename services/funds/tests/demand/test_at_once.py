"""The daily run, repayments, news of deaths and decisions at the same time: nothing waits in a circle."""

import asyncio
from datetime import date
from uuid import UUID

from funds.deaths import service as deaths
from funds.demand import daily
from funds.known_households.rules import Death
from funds.reliefs import service as reliefs
from funds.reliefs.errors import ReliefDecided
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.repayments import service as repayments
from funds.repayments.schemas import NewRepayment
from shared.db import Database
from shared.testing.look import rows
from tests.demand.debts import LATE, TODAY, a_late_loan
from tests.factories import CHAIR, a_person


async def test_a_run_among_repayments_and_deaths_loses_none_of_them(database: Database) -> None:
    async with database.transaction() as session:
        made = [(await a_late_loan(session))[1] for _ in range(6)]
    people = await rows(
        database,
        "SELECT DISTINCT ON (loan_id) person_id FROM loan_shares JOIN fund_members ON id = member_id",
    )

    async def repay(loan_id: UUID, number: int) -> None:
        new = NewRepayment.model_validate(
            {
                "loan_id": loan_id,
                "receipt_no": str(number),
                "paid_on": TODAY,
                "amount": "100.00",
                "channel": "bank",
            }
        )
        async with database.transaction() as session:
            await repayments.record(session, new=new, actor=CHAIR, now=LATE)

    async def die(person_id: UUID) -> None:
        async with database.transaction() as session:
            await deaths.take_notice(session, [Death(person_id, 1, None, "", date(2026, 5, 1))], now=LATE)

    await asyncio.gather(
        *(daily.work(database, now=LATE) for _ in range(3)),
        *(daily.run_day(database, TODAY, now=LATE) for _ in range(2)),
        *(repay(loan_id, number) for number in range(4) for loan_id in made),
        *(die(row["person_id"]) for row in people for _ in range(2)),
    )
    (run,) = await rows(database, "SELECT state FROM arrears_runs")
    assert run["state"] == "done"
    assert len(await rows(database, "SELECT 1 FROM loan_arrears WHERE bucket = '61-90'")) == 6
    assert len(await rows(database, "SELECT 1 FROM repayments")) == 24
    assert len(await rows(database, "SELECT 1 FROM borrower_deaths")) == 6
    opened = await rows(database, "SELECT rule_code FROM demand_tasks WHERE rule_code IS NOT NULL")
    assert [row["rule_code"] for row in opened] == ["MEETING_61"] * 6
    events = await rows(database, "SELECT 1 FROM outbox WHERE type = 'funds.loan.overdue.v1'")
    assert len(events) == 6


async def test_of_many_who_approve_a_relief_one_does(database: Database) -> None:
    async with database.transaction() as session:
        _, loan_id = await a_late_loan(session)
        new = NewRelief.model_validate({"terms": {"kind": "grace", "months": 2}, "reason": "น้ำท่วม"})
        relief_id = await reliefs.propose(session, loan_id=loan_id, new=new, actor=CHAIR, now=LATE)

    async def approve(number: int) -> bool:
        try:
            async with database.transaction() as session:
                await reliefs.decide(
                    session,
                    loan_id=loan_id,
                    relief_id=relief_id,
                    decision=ReliefDecision(decision="approve"),
                    actor=a_person(f"head{number}"),
                    now=LATE,
                )
        except ReliefDecided:
            return False
        return True

    assert sum(await asyncio.gather(*(approve(number) for number in range(10)))) == 1
    schedules = await rows(database, "SELECT 1 FROM loan_schedules WHERE loan_id = $1", loan_id)
    assert len(schedules) == 2
