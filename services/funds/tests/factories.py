"""Things of the domain as the services make them, for tests: `from tests.factories import a_fund`.

Each function takes a session in a transaction and makes one thing through the same service functions as
the API, by `OFFICER` unless another person is named; never a raw row. Everybody adds the one for her thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import deciding, drafting, preventing
from funds.applications import queries as application_queries
from funds.applications import service as applications
from funds.applications.decision_schemas import CheckedItem, NewDecision, NewMinutes, RiskAnswers
from funds.applications.rules import Decision
from funds.applications.schemas import NewApplication
from funds.capital import service as capitals
from funds.capital.rules import CapitalOrigin, HeldAs
from funds.capital.schemas import NewCapital
from funds.committees import service as committees
from funds.committees.rules import MeetingKind, Role
from funds.committees.schemas import NewFundCommitteeMember, NewFundMeeting
from funds.follow import service as follow
from funds.follow.schemas import NewAssignment
from funds.known_households import service as known_households
from funds.known_households.rules import CaseFact, Location
from funds.loans import lending
from funds.loans import queries as loan_queries
from funds.loans.rules import Channel
from funds.loans.schemas import NewDisbursement, NewLoan
from funds.members import groups, queries
from funds.members import service as members
from funds.members.rules import Borrower, GroupRole
from funds.members.schemas import NewBorrowerGroup, NewFundMember, NewGroupMember
from funds.products.rules import BorrowerKind, StepLevel
from funds.registry import service as registry
from funds.registry.rules import FundFacts, Kind
from funds.registry.schemas import NewFund
from shared.areas import catalogue
from shared.clock import business_date
from shared.ids import uuid7
from shared.money import baht
from shared.security import SCOPES, Principal

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
"""Thursday, 15 January 2569, ten in the morning in Thailand."""
TODAY = date(2026, 1, 15)

_TAMBONS = [
    area.code for area in catalogue() if len(area.code) == 6 and area.code[:2] == "34" and not area.valid_to
]
_made = count()
_LOAN_OF = {
    Kind.WOMENS: "WOMENS_REVOLVING",
    Kind.POVERTY: "POVERTY_LOAN",
    Kind.SAVINGS: "SAVINGS_LOAN",
    Kind.VILLAGE: "VILLAGE_LOAN",
    Kind.INSTITUTION: "INSTITUTION_LOAN",
}


def a_person(name: str, *, areas: Sequence[str] = ("34",)) -> Principal:
    """Return somebody of the province Ubon Ratchathani with every right: `a_person("chair")`."""
    return Principal(
        subject=f"user:{name}",
        client=None,
        scopes=frozenset(SCOPES),
        areas=tuple(areas),
        roles=(),
        request_id="test",
    )


def body_of(area_code: str, level: StepLevel | str) -> str:
    """Return the area of the body that decides a level's steps over an area."""
    digits = {StepLevel.PROVINCE: 2, StepLevel.DISTRICT: 4, StepLevel.TAMBON: 6, StepLevel.VILLAGE: 8}
    return area_code[: digits[StepLevel(level)]]


def a_decider(name: str, fund: FundFacts, level: StepLevel | str) -> Principal:
    """Return somebody of a level's body over a fund: `a_decider("amphoe", fund, "district")`."""
    return a_person(name, areas=(body_of(fund.area_code, level),))


OFFICER, CHAIR, APPROVER = a_person("officer"), a_person("chair"), a_person("approver")
"""Three persons for what one alone may not do."""
SECRETARY = a_person("secretary")
"""Who makes the contracts of `a_contract` and `a_loan`; another pays out on them."""


def an_area(kind: Kind | str = Kind.WOMENS) -> str:
    """Return the code of an area in Ubon Ratchathani that no fund of the kind was made in before."""
    number = next(_made)
    moo, tambon = divmod(number, len(_TAMBONS))
    code = _TAMBONS[tambon]
    return code if Kind(kind) is Kind.WOMENS else f"{code}{moo % 99 + 1:02d}"


async def a_fund(
    session: AsyncSession,
    *,
    kind: Kind | str = Kind.WOMENS,
    area_code: str | None = None,
    capital: int = 0,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> FundFacts:
    """Register a fund with open books; an area of its own unless one is named.

    `capital` in satang lies in its bank account since 2 January 2025 (fiscal year 2568).
    """
    values = {"name_th": "กองทุนทดสอบ", "founded_on": date(2013, 10, 1), **changes}
    new = NewFund(kind=Kind(kind), area_code=area_code or an_area(kind), **values)
    fund_id = await registry.register(session, new=new, actor=actor, now=now)
    if capital:
        await a_contribution(session, fund_id, amount=capital, actor=actor, now=now)
    return await registry.require(session, fund_id, principal=actor)


async def a_contribution(
    session: AsyncSession,
    fund_id: UUID,
    *,
    amount: int,
    held_as: HeldAs = HeldAs.BANK,
    on: date = date(2025, 1, 2),
    actor: Principal = OFFICER,
    now: datetime = NOW,
) -> UUID:
    """Book capital of so many satang; returns its id."""
    new = NewCapital.model_construct(
        contributed_on=on,
        amount=amount,
        origin=CapitalOrigin.STATE,
        held_as=held_as,
        document_no=f"พช {next(_made)}",
    )
    return await capitals.contribute(session, fund_id=fund_id, new=new, actor=actor, now=now)


async def a_member(
    session: AsyncSession,
    fund: FundFacts,
    *,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> Borrower:
    """Let somebody join a fund; returns her as a borrower (`id` is the member's)."""
    values = {"name": "นางสาวมาลี สายทอง", "joined_on": date(2024, 1, 1), "person_id": uuid7(), **changes}
    member_id = await members.enrol(
        session, fund_id=fund.id, new=NewFundMember(**values), actor=actor, now=now
    )
    found = await queries.borrower(session, "member", member_id, fund_id=fund.id)
    assert found is not None
    return found


async def a_group(
    session: AsyncSession,
    fund: FundFacts,
    *,
    size: int = 5,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> Borrower:
    """Form a group of `size` new members, the first one its chair; returns it as a borrower."""
    people = [await a_member(session, fund, actor=actor, now=now) for _ in range(size)]
    seats = [
        NewGroupMember(member_id=one.id, role=GroupRole.MEMBER if at else GroupRole.CHAIR)
        for at, one in enumerate(people)
    ]
    values = {"name": f"กลุ่มที่ {next(_made)}", "formed_on": date(2024, 1, 1), **changes}
    new = NewBorrowerGroup(members=seats, **values)
    group_id = await groups.form(session, fund_id=fund.id, new=new, actor=actor, now=now)
    found = await queries.borrower(session, "group", group_id, fund_id=fund.id)
    assert found is not None
    return found


async def a_household(
    session: AsyncSession, fund: FundFacts, *, certified: bool = True, now: datetime = NOW
) -> Borrower:
    """Let funds learn of a household of the fund's area, on the target register unless told otherwise."""
    household_id = uuid7()
    village = fund.area_code if len(fund.area_code) == 8 else fund.area_code + "01"
    await known_households.locate(session, [Location(household_id, 1, village)], now=now)
    if certified:
        case = CaseFact(uuid7(), 1, household_id, village, date(2025, 1, 5))
        await known_households.set_cases(session, [case], now=now)
    found = await queries.borrower(session, "household", household_id, fund_id=fund.id)
    assert found is not None
    return found


async def a_committee_member(
    session: AsyncSession,
    fund: FundFacts,
    *,
    role: Role = Role.MEMBER,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Appoint somebody to a fund's committee; returns the term's id."""
    values = {"display_name": "นางบุญมี ใจดี", "term_from": date(2025, 10, 1), **changes}
    new = NewFundCommitteeMember(role=role, **values)
    return await committees.appoint(session, fund_id=fund.id, new=new, actor=actor, now=now)


async def a_meeting(
    session: AsyncSession,
    fund: FundFacts,
    *,
    held_on: date = date(2026, 1, 5),
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Record a committee's meeting with its minutes; returns its id."""
    values = {"kind": MeetingKind.COMMITTEE, "present": 7, "total": 9, **changes}
    new = NewFundMeeting(held_on=held_on, **{"minutes_no": f"{next(_made)}/2569", **values})
    return await committees.record_meeting(session, fund_id=fund.id, new=new, actor=actor, now=now)


async def an_application(
    session: AsyncSession,
    fund: FundFacts,
    *,
    borrower: Borrower | None = None,
    product: str | None = None,
    amount: int = 10_000_000,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Draft an application for the fund's loan, of a new borrower unless one is given; returns its id.

    `changes` are other fields of `NewApplication`, such as `months`, `instalments`, `shares`, `applied_on`.
    """
    if borrower is None:
        borrower = await _a_borrower(session, fund)
    new = NewApplication(
        fund_id=fund.id,
        product_code=product or _LOAN_OF[fund.kind],
        borrower_kind=BorrowerKind(borrower.kind),
        borrower_id=borrower.id,
        amount=baht(amount),
        **{
            "title": "โครงการทดสอบ",
            "purpose": "weaving",
            "budget": [{"item": "วัสดุ", "amount": baht(amount)}],
            **changes,
        },
    )
    return await drafting.draft(session, new=new, actor=actor, now=now)


async def _a_borrower(session: AsyncSession, fund: FundFacts) -> Borrower:
    if fund.kind is Kind.WOMENS:
        return await a_group(session, fund)
    if fund.kind is Kind.POVERTY:
        return await a_household(session, fund)
    return await a_member(session, fund)


async def a_checked_application(
    session: AsyncSession,
    fund: FundFacts,
    *,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Draft an application like `an_application`, its checklist done and its risk scored."""
    application_id = await an_application(session, fund, actor=actor, now=now, **changes)
    about: dict[str, Any] = {"application_id": application_id, "actor": actor, "now": now}
    checked = [
        CheckedItem(item=item.code, done_on=date(2026, 1, 5), done_by="นางบุญมี ใจดี")
        for item in preventing.items()
    ]
    await preventing.check(session, given=checked, **about)
    answers = RiskAnswers(answers={item.code: 0 for item in preventing.risk_instrument().items})
    await preventing.assess(session, given=answers, **about)
    return application_id


async def a_submitted_application(
    session: AsyncSession,
    fund: FundFacts,
    *,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Hand in an application like `a_checked_application`."""
    application_id = await a_checked_application(session, fund, actor=actor, now=now, **changes)
    await applications.submit(session, application_id=application_id, actor=actor, now=now)
    return application_id


async def an_approved_application(
    session: AsyncSession,
    fund: FundFacts,
    *,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    decided_on: date | None = None,
    **changes: Any,
) -> UUID:
    """Let every step decide for an application like `an_application`; its money is kept back.

    Each step is another person; the fund needs the money: `a_fund(session, capital=…)`.
    """
    application_id = await a_submitted_application(session, fund, actor=actor, now=now, **changes)
    row = await application_queries.one(session, application_id, areas=("",))
    assert row is not None
    for number, step in enumerate(row["steps"], 1):
        decider = a_decider(f"step{number}", fund, step["level"])
        decision = Decision.APPROVE if step["kind"] == "approve" else Decision.RECOMMEND
        day = decided_on or business_date(now)
        await deciding.decide(
            session,
            if_match="*",
            application_id=application_id,
            new=NewDecision(
                decision=decision, decided_on=day, minutes=NewMinutes(number=f"{number}/2569", held_on=day)
            ),
            actor=decider,
            now=now,
        )
    return application_id


async def a_contract(
    session: AsyncSession,
    fund: FundFacts,
    *,
    instalments: int = 10,
    terms: Mapping[str, Any] | None = None,
    followed: bool = True,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Contract a loan of an application like `an_approved_application`; returns the loan's id.

    A new committee member answers for a group, unless one does or `followed` is False.
    `terms` are other fields of `NewLoan`, such as `first_due`, `due_day`, `annual_rate`, `contract_no`.
    """
    application_id = await an_approved_application(session, fund, actor=actor, now=now, **changes)
    values = {"contract_no": f"ส {next(_made)}/2569", "instalments": instalments, **(terms or {})}
    new = NewLoan(application_id=application_id, **values)
    contractor = replace(actor, subject=SECRETARY.subject)  # who pays out is another person
    loan_id = await lending.contract(session, new=new, actor=contractor, now=now)
    loan = await loan_queries.locked(session, loan_id)
    assert loan is not None
    group = loan.borrower_kind == "group"
    if followed and group and not await loan_queries.followed(session, loan, on=business_date(now)):
        await a_follower(session, fund, loan.borrower_id, actor=actor, now=now)
    return loan_id


async def a_follower(
    session: AsyncSession, fund: FundFacts, group_id: UUID, *, actor: Principal = OFFICER, now: datetime = NOW
) -> UUID:
    """Let a new committee member answer for a group; returns the assignment's id."""
    since = min(date(2025, 10, 1), business_date(now))
    term_id = await a_committee_member(session, fund, actor=actor, now=now, term_from=since)
    new = NewAssignment(borrower_kind="group", borrower_id=group_id, term_id=term_id)
    return await follow.assign(session, fund_id=fund.id, new=new, actor=actor, now=now)


async def a_loan(
    session: AsyncSession,
    fund: FundFacts,
    *,
    channel: Channel = Channel.BANK,
    actor: Principal = OFFICER,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """Contract a loan like `a_contract` and pay all of it out the same day; returns its id.

    10 instalments of 10,000.00 baht at 3 % a year unless `fund`, `amount`, `instalments` say otherwise.
    """
    loan_id = await a_contract(session, fund, actor=actor, now=now, **changes)
    new = NewDisbursement(channel=channel, document_no=f"บจ {next(_made)}/2569")
    await lending.disburse(session, loan_id=loan_id, new=new, actor=actor, now=now)
    return loan_id
