"""Poor households that reach no fund are found, invited to one that suits, and what came of it is kept."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from funds.known_households import service as known_households
from funds.known_households.rules import Status
from funds.members import groups
from funds.members.schemas import NewBorrowerGroup, NewGroupMember
from funds.registry.rules import FundFacts
from shared.db import Database, driver
from shared.ids import uuid7
from shared.testing.caller import Caller
from tests.factories import NOW, OFFICER, a_fund, a_household, a_loan, a_member

PATH = "/v1/capital-access"
VILLAGE = "34190201"


@dataclass(frozen=True)
class Village:
    """A village with a poverty fund, and households that have come differently far."""

    fund: FundFacts
    poor: list[UUID]
    """On the register, without membership and loan."""
    member: UUID
    borrower: UUID


@pytest.fixture
def officer_of_loans(officer: Caller) -> Caller:
    """Call as who may see debts in the district."""
    return officer.may("funds:write", "loans:read", "loans:write").where("3419")


@pytest.fixture
async def village(database: Database) -> Village:
    """Make the village."""
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", area_code=VILLAGE, capital=28_000_000)
        poor = [(await a_household(session, fund)).id for _ in range(3)]
        member = await a_household(session, fund)
        await a_member(session, fund, household_id=member.id)
        borrower = await a_household(session, fund)
        await a_loan(session, fund, borrower=borrower, amount=1_200_000, instalments=6)
    return Village(fund, sorted(poor), member.id, borrower.id)


def refused(answer: Any, status: int, code: str) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def answered(caller: Caller, **changes: Any) -> str:
    body = {"area_code": VILLAGE, "answers": {"1": True, "5": True}, **changes}
    answer = await caller.post(f"{PATH}/villages", body)
    assert answer.status_code == 201, answer.text
    return f"{PATH}/villages/{answer.json()['id']}"


def invitation(household_id: UUID, **changes: Any) -> dict[str, Any]:
    return {"household_id": str(household_id), "invited_on": "2026-01-14", "channel": "visit", **changes}


async def test_poor_households_are_listed_by_how_far_they_have_come_to_a_fund(
    officer_of_loans: Caller, village: Village
) -> None:
    listed = (await officer_of_loans.get(f"{PATH}/households", count="true")).json()
    assert [one["household_id"] for one in listed["items"]] == [str(one) for one in village.poor]
    assert listed["total"] == 3
    for reach, household in (("member", village.member), ("borrower", village.borrower)):
        (found,) = (await officer_of_loans.get(f"{PATH}/households", reach=reach)).json()["items"]
        assert (found["household_id"], found["reach"]) == (str(household), reach)
    first = (await officer_of_loans.get(f"{PATH}/households", limit=2)).json()
    rest = (await officer_of_loans.get(f"{PATH}/households", limit=2, cursor=first["next"])).json()
    assert [one["household_id"] for one in rest["items"]] == [str(village.poor[2])]


async def test_each_household_sees_which_fund_suits_it_and_why(
    officer_of_loans: Caller, village: Village, database: Database
) -> None:
    async with database.transaction() as session:
        womens = await a_fund(session, kind="womens", area_code=VILLAGE[:6], capital=100)
        empty = await a_fund(session, kind="savings", area_code=VILLAGE)
        await a_fund(session, kind="savings", area_code="34190202", capital=100)
    found = (await officer_of_loans.get(f"{PATH}/households")).json()["items"][0]["funds"]
    assert [(one["fund_id"], one["fit"], [why["code"] for why in one["why"]]) for one in found] == [
        (str(village.fund.id), "yes", ["on_register", "interest_free"]),
        (str(womens.id), "with_condition", ["group_first"]),
        (str(empty.id), "no", ["save_first", "no_money"]),
    ]
    assert found[0]["why"][0]["text"] == {
        "th": "อยู่ในทะเบียนครัวเรือนเป้าหมาย",
        "en": "on the register of target households",
    }


async def test_a_member_suits_the_womens_fund_while_she_is_in_a_group_of_it(
    officer_of_loans: Caller, village: Village, database: Database
) -> None:
    async with database.transaction() as session:
        womens = await a_fund(session, kind="womens", area_code=VILLAGE[:6], capital=100)
        member = await a_member(session, womens, household_id=village.poor[0])
        group = NewBorrowerGroup(
            name="กลุ่มทอผ้า",
            formed_on=date(2025, 1, 1),
            members=[NewGroupMember(member_id=member.id)],
        )
        by: dict[str, Any] = {"fund_id": womens.id, "actor": OFFICER, "now": NOW}
        group_id = await groups.form(session, new=group, **by)

    async def told() -> tuple[str, list[str]]:
        listed = await officer_of_loans.get(f"{PATH}/households", reach="member")
        (found,) = [one for one in listed.json()["items"] if one["household_id"] == str(village.poor[0])]
        (suiting,) = [one for one in found["funds"] if one["fund_id"] == str(womens.id)]
        return suiting["fit"], [why["code"] for why in suiting["why"]]

    assert await told() == ("yes", ["member_already", "in_group"])
    async with database.transaction() as session:
        left = "UPDATE group_members SET left_on = '2026-01-01' WHERE group_id = $1"
        await (await driver(session)).execute(left, group_id)
    assert await told() == ("with_condition", ["member_already", "group_first"])


async def test_a_household_poor_by_the_survey_counts_before_it_is_certified(
    officer_of_loans: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, kind="poverty", area_code=VILLAGE)
        household = await a_household(session, fund, certified=False)
        await a_household(session, fund, certified=False)
        status = Status(household.id, 2, VILLAGE, uuid7(), 2568, ("income",), 2, 1, "under_38000")
        await known_households.set_status(session, [status], now=NOW)
    (found,) = (await officer_of_loans.get(f"{PATH}/households")).json()["items"]
    assert (found["household_id"], found["certified"], found["target_poor"]) == (str(household.id), False, 1)
    assert (await officer_of_loans.get(f"{PATH}/households", certified="true")).json()["items"] == []


async def test_the_data_suggests_the_villages_and_what_it_can_of_the_conditions(
    officer_of_loans: Caller, village: Village, database: Database
) -> None:
    del village
    async with database.transaction() as session:
        other = await a_fund(session, kind="poverty", area_code="34190202", capital=28_000_000)
        await a_loan(
            session, other, borrower=await a_household(session, other), amount=1_200_000, instalments=6
        )
    found = (await officer_of_loans.get(f"{PATH}/suggestions", count="true")).json()
    assert found["items"] == [
        {
            "area_code": VILLAGE,
            "funds": 1,
            "poor": 5,
            "without_access": 3,
            "members_only": 1,
            "certified_without_loan": 4,
            "suggested": {"1": None, "2": True, "3": None, "4": True, "5": True},
        }
    ]
    assert (found["total"], found["next"]) == (1, None)


async def test_a_village_is_answered_once_a_year_and_corrected(
    officer_of_loans: Caller, village: Village
) -> None:
    del village
    one = await answered(officer_of_loans, fiscal_year=2569)
    again = {"area_code": VILLAGE, "fiscal_year": 2569, "answers": {"1": True}}
    refused(await officer_of_loans.post(f"{PATH}/villages", again), 409, "village_answered_already")
    changed = await officer_of_loans.patch(one, {"answers": {"1": False}, "evidence": "เวที"}, if_match='"1"')
    assert (changed.json()["target"], changed.json()["suggested"]["5"]) == (False, True)
    refused(await officer_of_loans.patch(one, {"evidence": "x"}, if_match='"1"'), 412, "stale_version")
    taken = {**again, "id": one.rpartition("/")[2], "fiscal_year": 2568}
    refused(await officer_of_loans.post(f"{PATH}/villages", taken), 409, "access_village_exists")
    listed = (await officer_of_loans.get(f"{PATH}/villages", fiscal_year=2569, count="true")).json()
    assert (listed["total"], listed["items"][0]["persons"]) == (1, 20)


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"answers": {"6": True}}, 422, "unknown_condition", ["/answers/6"]),
        ({"answers": {}}, 422, "invalid_request", ["/answers"]),
        ({"answers": {"1": "yes, indeed"}}, 422, "invalid_request", ["/answers/1"]),
        ({"area_code": "34199901"}, 422, "unknown_village", ["/area_code"]),
        ({"area_code": "341902"}, 422, "invalid_request", ["/area_code"]),
        ({"area_code": "34150101"}, 403, "fund_area_not_yours", ["/area_code"]),
        ({"persons": 0}, 422, "invalid_request", ["/persons"]),
        ({"target": True}, 422, "invalid_request", ["/target"]),
    ],
)
async def test_an_answer_that_cannot_be_is_refused(
    officer_of_loans: Caller, changes: dict[str, Any], status: int, code: str, pointer: list[str]
) -> None:
    body = {"area_code": VILLAGE, "answers": {"1": True}, **changes}
    assert refused(await officer_of_loans.post(f"{PATH}/villages", body), status, code) == pointer


async def test_an_invitation_is_kept_with_what_came_of_it_beside_what_the_data_says(
    officer_of_loans: Caller, village: Village, database: Database
) -> None:
    one = await answered(officer_of_loans)
    body = invitation(village.poor[0], fund_id=str(village.fund.id))
    made = await officer_of_loans.post(f"{one}/invitations", body)
    assert (made.status_code, made.json()["result"], made.json()["reach"]) == (201, "waiting", "none")
    address = f"{PATH}/invitations/{made.json()['id']}"
    assert (await officer_of_loans.get(address)).json() == made.json()
    for patch in (
        {"result": "joined"},
        {"result_on": "2026-02-01"},
        {"result": "joined", "result_on": "2026-01-13"},
    ):
        answer = await officer_of_loans.patch(address, patch, if_match='"1"')
        assert refused(answer, 422, "result_day_wrong") == ["/result_on"]
    done = {"result": "joined", "result_on": "2026-02-01"}
    assert (await officer_of_loans.patch(address, done, if_match='"1"')).status_code == 200
    refused(await officer_of_loans.patch(address, done, if_match='"1"'), 412, "stale_version")
    async with database.transaction() as session:
        await a_member(session, village.fund, household_id=village.poor[0])
    seen = (await officer_of_loans.get(one)).json()
    assert (seen["invited"], seen["joined"], seen["reached"]) == (1, 1, 1)
    assert (seen["results"]["joined"], seen["results"]["waiting"]) == (1, 0)
    assert (await officer_of_loans.get(address)).json()["reach"] == "member"
    listed = (await officer_of_loans.get(f"{PATH}/invitations", result="joined", count="true")).json()
    assert listed["total"] == 1
    (found,) = (await officer_of_loans.get(f"{PATH}/households", reach="member", invited="true")).json()[
        "items"
    ]
    assert found["invited"] == "joined"


async def test_who_is_no_target_is_not_invited(
    officer_of_loans: Caller, village: Village, database: Database
) -> None:
    async with database.transaction() as session:
        rich = await a_household(session, village.fund, certified=False)
        elsewhere = await a_household(session, await a_fund(session, kind="poverty", area_code="34190202"))
        far = await a_fund(session, kind="savings", area_code="34190202", capital=100)
        empty = await a_fund(session, kind="savings", area_code=VILLAGE)
    one = f"{await answered(officer_of_loans)}/invitations"

    async def refusal(household: UUID, **changes: Any) -> tuple[int, str]:
        answer = await officer_of_loans.post(one, invitation(household, **changes))
        return answer.status_code, answer.json()["code"]

    assert await refusal(rich.id) == (422, "household_not_poor")
    assert await refusal(elsewhere.id) == (422, "household_not_here")
    assert await refusal(uuid4()) == (422, "household_not_here")
    assert await refusal(village.borrower) == (409, "household_has_access")
    for fund in (far, empty):
        assert await refusal(village.poor[0], fund_id=str(fund.id)) == (422, "fund_does_not_suit")
    assert await refusal(village.poor[0], invited_on="2149-01-01") == (422, "date_in_future")
    first = await officer_of_loans.post(one, invitation(village.poor[0]))
    assert first.status_code == 201
    assert await refusal(village.poor[0]) == (409, "invited_already")
    assert await refusal(village.poor[1], id=first.json()["id"]) == (409, "invitation_exists")
    second = invitation(village.poor[0], person_id=str(uuid4()))
    assert (await officer_of_loans.post(one, second)).status_code == 201


async def test_a_village_has_so_many_places_and_no_more_however_many_are_invited_at_once(
    officer_of_loans: Caller, village: Village
) -> None:
    one = await answered(officer_of_loans, persons=3)
    bodies = [invitation(village.poor[0], person_id=str(uuid4())) for _ in range(8)]
    answers = await asyncio.gather(*(officer_of_loans.post(f"{one}/invitations", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"village_full"}
    refused(await officer_of_loans.patch(one, {"persons": 2}, if_match="*"), 409, "fewer_than_invited")
    assert (await officer_of_loans.patch(one, {"persons": 4}, if_match="*")).status_code == 200
    assert (await officer_of_loans.post(f"{one}/invitations", bodies[-1])).status_code in {201, 409}


async def test_nobody_is_invited_in_a_village_that_meets_no_condition(
    officer_of_loans: Caller, village: Village
) -> None:
    one = await answered(officer_of_loans, answers={"1": False, "2": None})
    refused(
        await officer_of_loans.post(f"{one}/invitations", invitation(village.poor[0])),
        409,
        "village_not_target",
    )


async def test_who_may_not_see_loans_does_not_learn_who_borrows(officer: Caller, village: Village) -> None:
    del village
    for path in ("households", "suggestions", "villages", "invitations"):
        refused(await officer.get(f"{PATH}/{path}"), 403, "scope_missing")
    csv = {"headers": {"Accept": "text/csv"}}
    may = officer.may("loans:read")
    refused(await may.request("GET", f"{PATH}/households", **csv), 403, "scope_missing")
    file = await may.may("export").request("GET", f"{PATH}/households", **csv)
    assert len(file.text.splitlines()) == 4
