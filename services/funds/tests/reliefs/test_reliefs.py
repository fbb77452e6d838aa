"""Reliefs decided by two persons: what they make of a loan, and that how late it was stays known."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.demand import queries as arrears
from funds.demand import service as demand
from funds.demand.queries import Overdue
from funds.ledger import queries as books
from funds.ledger.rules import Account
from funds.loans import queries as loans
from funds.loans.errors import LoanNotFound, WaiverTooHigh, WrongLoanState
from funds.registry.rules import Kind
from funds.reliefs import queries, service
from funds.reliefs.errors import (
    DueInPast,
    DueTooFar,
    NotAGroupsLoan,
    NotInTheGroup,
    OwnRelief,
    PartsDoNotSum,
    RateNotLower,
    ReliefDecided,
    ReliefNotFound,
    SettlementOutOfRange,
)
from funds.reliefs.schemas import NewRelief, ReliefDecision
from funds.schedules.errors import BeyondCalendar, GraceTooLong
from shared.db import driver
from shared.errors import Refusal
from shared.ids import uuid7
from shared.money import baht
from tests.demand.debts import LATE, TODAY, a_late_loan, in_days
from tests.factories import APPROVER, CHAIR, a_person

APPROVE = ReliefDecision(decision="approve")


def relief(**terms: Any) -> NewRelief:
    return NewRelief.model_validate({"terms": terms, "reason": "น้ำท่วมพื้นที่เพาะปลูก"})


async def proposed(session: AsyncSession, loan_id: UUID, **terms: Any) -> UUID:
    return await service.propose(session, loan_id=loan_id, new=relief(**terms), actor=CHAIR, now=LATE)


async def approved(session: AsyncSession, loan_id: UUID, **terms: Any) -> UUID:
    relief_id = await proposed(session, loan_id, **terms)
    await service.decide(
        session, loan_id=loan_id, relief_id=relief_id, decision=APPROVE, actor=APPROVER, now=LATE
    )
    return relief_id


async def test_restructuring_never_resets_the_days_late_that_were_reached(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    before = await demand.arrears(session, loan_id, principal=CHAIR, day=TODAY)
    assert (before["days_late"], before["bucket"].value) == (70, "61-90")
    await approved(session, loan_id, kind="reschedule", instalments=12, first_due=in_days(30))
    after = await demand.arrears(session, loan_id, principal=CHAIR, day=TODAY)
    assert (after["days_late"], after["bucket"].value) == (0, "current")
    assert (after["worst_days"], after["worst_bucket"].value) == (70, "61-90")
    assert after["reported_bucket"].value == "61-90"
    assert after["watch_until"] == in_days(180)
    later = await demand.arrears(session, loan_id, principal=CHAIR, day=in_days(500))
    assert later["worst_bucket"].value == "180+"


async def test_the_schedule_before_stays_readable(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    relief_id = await approved(session, loan_id, kind="grace", months=3)
    found = await queries.one(session, loan_id, relief_id)
    assert found is not None
    assert (found["schedule_before"], found["schedule_after"]) == (1, 2)
    old = await loans.instalments(session, loan_id, schedule_no=1)
    new = await loans.instalments(session, loan_id)
    assert len(old) == 10
    assert sum(row["principal"] for row in new) == sum(row["principal"] for row in old)
    assert min(row["due_on"] for row in new) > TODAY
    # Three instalments were due: they are one now, three months from today.
    assert len(new) == 8


async def test_a_restructuring_is_told_with_its_worst_bucket(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await approved(session, loan_id, kind="grace", months=1)
    rows = await (await driver(session)).fetch(
        "SELECT data ->> 'worst_bucket' AS worst FROM outbox WHERE type = 'funds.loan.restructured.v1'"
    )
    assert [row["worst"] for row in rows] == ["61-90"]


async def test_waived_interest_is_not_asked_for_and_principal_stays(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    before = await loans.instalments(session, loan_id)
    interest = sum(row["interest"] for row in before[:2])
    await approved(session, loan_id, kind="interest_waiver", amount=baht(interest))
    after = await loans.instalments(session, loan_id)
    assert sum(row["waived_interest"] for row in after) == interest
    assert sum(row["principal"] for row in after) == 10_000_000
    found = await demand.arrears(session, loan_id, principal=CHAIR, day=TODAY)
    assert found["days_late"] == 70


async def test_a_settlement_leaves_one_instalment_of_the_agreed_sum(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await approved(session, loan_id, kind="settlement", amount="100500.00", due_on=in_days(20))
    (row,) = await loans.instalments(session, loan_id)
    assert (row["principal"], row["interest"], row["due_on"]) == (10_000_000, 50_000, in_days(20))


async def test_a_groups_debt_becomes_its_members_own(session: AsyncSession) -> None:
    fund, loan_id = await a_late_loan(session)
    shares = await loans.shares(session, loan_id)
    parts = dict.fromkeys(shares, 10_000_000 // len(shares))
    words = [{"member_id": member, "amount": baht(amount)} for member, amount in parts.items()]
    await approved(session, loan_id, kind="split", parts=words)
    old = await loans.loan(session, loan_id, areas=("34",))
    assert old is not None
    assert (old["state"], old["outstanding"]) == ("closed", 0)
    assert await books.balance(session, fund.id, Account.LOANS, loan_id=loan_id) == 0
    assert await books.balance(session, fund.id, Account.LOANS) == 10_000_000
    made = await (await driver(session)).fetch(
        "SELECT id, borrower_id, outstanding, next_due_on FROM loans WHERE borrower_kind = 'member'"
    )
    assert {row["borrower_id"]: row["outstanding"] for row in made} == parts
    for row in made:
        assert await books.balance(session, fund.id, Account.LOANS, loan_id=row["id"]) == row["outstanding"]
    whole = await demand.portfolio(session, Overdue(areas=("34",), day=TODAY))
    assert whole["outstanding"] == 10_000_000
    assert {one["at_risk"] for one in whole["at_risk"][:2]} == {10_000_000}


async def test_the_loans_of_a_split_debt_have_reached_what_it_reached(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await demand.start_watch(session, loan_id, now=LATE, at_least=120)
    shares = await loans.shares(session, loan_id)
    words = [{"member_id": member, "amount": baht(10_000_000 // len(shares))} for member in shares]
    await approved(session, loan_id, kind="split", parts=words)
    known = await (await driver(session)).fetch(
        "SELECT worst_bucket, bucket FROM loan_arrears WHERE loan_id <> $1", loan_id
    )
    assert {(row["worst_bucket"], row["bucket"]) for row in known} == {("91-180", "61-90")}
    assert len(known) == len(shares)


async def test_who_proposed_a_relief_does_not_decide_it(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    relief_id = await proposed(session, loan_id, kind="grace", months=1)
    about: dict[str, Any] = {"loan_id": loan_id, "relief_id": relief_id, "now": LATE}
    with pytest.raises(OwnRelief):
        await service.decide(session, decision=APPROVE, actor=CHAIR, **about)
    await service.decide(
        session, decision=ReliefDecision(decision="reject", reason="ยังผ่อนได้"), actor=APPROVER, **about
    )
    with pytest.raises(ReliefDecided):
        await service.decide(session, decision=APPROVE, actor=APPROVER, **about)
    assert len(await loans.schedules(session, loan_id)) == 1


async def test_a_relief_that_waits_can_be_withdrawn_and_proposed_anew(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    relief_id = await proposed(session, loan_id, kind="grace", months=1)
    await service.withdraw(session, loan_id=loan_id, relief_id=relief_id, actor=CHAIR, now=LATE)
    with pytest.raises(ReliefDecided):
        await service.withdraw(session, loan_id=loan_id, relief_id=relief_id, actor=CHAIR, now=LATE)
    await proposed(session, loan_id, kind="grace", months=2)


@pytest.mark.parametrize(
    ("terms", "refusal"),
    [
        ({"kind": "reschedule", "instalments": 5, "first_due": TODAY}, DueInPast),
        (
            {"kind": "reschedule", "instalments": 5, "first_due": in_days(9), "annual_rate": "3.01"},
            RateNotLower,
        ),
        ({"kind": "reschedule", "instalments": 372, "first_due": in_days(30)}, DueTooFar),
        (
            {"kind": "reschedule", "instalments": 3, "first_due": in_days(30), "grace_principal": 3},
            GraceTooLong,
        ),
        (
            {"kind": "reschedule", "instalments": 1200, "every": 366, "first_due": in_days(30)},
            BeyondCalendar,
        ),
        ({"kind": "settlement", "amount": "100000.00", "due_on": TODAY}, DueInPast),
        ({"kind": "settlement", "amount": "99999.99", "due_on": in_days(5)}, SettlementOutOfRange),
        ({"kind": "settlement", "amount": "999999.99", "due_on": in_days(5)}, SettlementOutOfRange),
        ({"kind": "interest_waiver", "amount": "90000.00"}, WaiverTooHigh),
    ],
)
async def test_what_cannot_be_agreed_is_refused_when_it_is_proposed(
    session: AsyncSession, terms: dict[str, Any], refusal: type[Refusal]
) -> None:
    _, loan_id = await a_late_loan(session)
    with pytest.raises(refusal):
        await proposed(session, loan_id, **terms)


async def test_a_proposal_whose_day_has_come_shows_no_schedule_any_more(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    relief_id = await proposed(
        session, loan_id, kind="reschedule", instalments=12, first_due=in_days(5), grace_principal=2
    )
    found = await queries.one(session, loan_id, relief_id)
    assert found is not None
    assert len(await service.preview(session, found, on=in_days(4))) == 12
    assert await service.preview(session, found, on=in_days(5)) == []
    about: dict[str, Any] = {"loan_id": loan_id, "relief_id": relief_id, "actor": APPROVER}
    with pytest.raises(DueInPast):
        await service.decide(session, decision=APPROVE, now=LATE + timedelta(days=5), **about)
    reject = ReliefDecision(decision="reject", reason="เลยกำหนด")
    await service.decide(session, decision=reject, now=LATE + timedelta(days=5), **about)


async def test_a_split_names_the_groups_members_and_sums_to_what_is_owed(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    member, another, *_ = await loans.shares(session, loan_id)
    half = {"member_id": member, "amount": "50000.00"}
    with pytest.raises(NotInTheGroup):
        await proposed(session, loan_id, kind="split", parts=[half, {**half, "member_id": uuid7()}])
    short = {"member_id": another, "amount": "49999.99"}
    with pytest.raises(PartsDoNotSum):
        await proposed(session, loan_id, kind="split", parts=[half, short])


async def test_only_a_groups_debt_is_split(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session, kind=Kind.POVERTY, amount=2_000_000, instalments=6)
    part = {"member_id": uuid7(), "amount": "10000.00"}
    with pytest.raises(NotAGroupsLoan):
        await proposed(session, loan_id, kind="split", parts=[part, {**part, "member_id": uuid7()}])


async def test_a_relief_is_of_an_open_loan_of_ones_own_area(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    stranger = a_person("stranger", areas=("10",))
    with pytest.raises(LoanNotFound):
        await service.propose(
            session, loan_id=loan_id, new=relief(kind="grace", months=1), actor=stranger, now=LATE
        )
    with pytest.raises(ReliefNotFound):
        await service.decide(
            session, loan_id=loan_id, relief_id=uuid7(), decision=APPROVE, actor=APPROVER, now=LATE
        )
    shares = await loans.shares(session, loan_id)
    words = [{"member_id": member, "amount": baht(10_000_000 // len(shares))} for member in shares]
    await approved(session, loan_id, kind="split", parts=words)
    with pytest.raises(WrongLoanState):
        await proposed(session, loan_id, kind="grace", months=1)


async def test_a_watched_loan_that_is_late_again_keeps_the_worst_of_both(session: AsyncSession) -> None:
    _, loan_id = await a_late_loan(session)
    await approved(session, loan_id, kind="grace", months=1)
    row = await arrears.one(session, loan_id, day=in_days(31))
    assert row is not None
    again = demand.arrears_of(row, day=TODAY + timedelta(days=60))
    assert again["worst_days"] == 70
    assert again["reported_bucket"].value == "61-90"
