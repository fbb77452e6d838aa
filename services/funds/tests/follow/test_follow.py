"""One committee member answers for each borrower; visits and forums."""

from typing import Any

import pytest
from sqlalchemy import text

from funds.registry.rules import FundFacts
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from tests.factories import a_committee_member, a_contract, a_fund, a_group
from tests.photos import a_photo

RIGHTS = frozenset({"funds:read", "funds:write", "loans:read", "loans:write"})


@pytest.fixture
def clerk(officer: Caller) -> Caller:
    return officer.only(RIGHTS)


@pytest.fixture
async def made(database: Database) -> dict[str, Any]:
    """Make a fund with two committee members and a group that has borrowed."""
    async with database.transaction() as session:
        fund: FundFacts = await a_fund(session, capital=50_000_000)
        group = await a_group(session, fund)
        terms = [str(await a_committee_member(session, fund)) for _ in range(2)]
        loan_id = await a_contract(session, fund, borrower=group, followed=False)
        past = await a_committee_member(session, fund, term_from="2020-10-01", term_to="2021-09-30")
        idle = await a_group(session, fund)
    return {
        "fund": str(fund.id),
        "loan": str(loan_id),
        "borrower": {"borrower_kind": "group", "borrower_id": str(group.id)},
        "idle": {"borrower_kind": "group", "borrower_id": str(idle.id)},
        "terms": terms,
        "past": str(past),
    }


async def unfollowed(clerk: Caller, made: dict[str, Any]) -> list[str]:
    answer = await clerk.get(f"/v1/funds/{made['fund']}/unfollowed-borrowers", count="true")
    found = answer.json()
    assert found["total"] == len(found["items"])
    return [one["borrower_id"] for one in found["items"]]


async def test_while_a_loan_is_open_somebody_answers_for_its_borrower(
    clerk: Caller, made: dict[str, Any]
) -> None:
    assert await unfollowed(clerk, made) == [made["borrower"]["borrower_id"]]
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    first = await clerk.post(address, {**made["borrower"], "term_id": made["terms"][0]})
    assert first.status_code == 201, first.text
    assert (first.json()["open_loans"], first.json()["in_office"]) == (1, True)
    assert await unfollowed(clerk, made) == []
    refused = await clerk.post(f"{address}/{first.json()['id']}/end", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "answerable_needed")


async def test_a_group_gets_its_money_when_somebody_in_office_answers_for_it(
    clerk: Caller, made: dict[str, Any]
) -> None:
    voucher = {"channel": "bank", "document_no": "บจ ก1/2569"}
    disbursements = f"/v1/loans/{made['loan']}/disbursements"
    refused = await clerk.post(disbursements, voucher)
    assert (refused.status_code, refused.json()["code"]) == (409, "follower_needed")
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    given = await clerk.post(address, {**made["borrower"], "term_id": made["terms"][0]})
    assert given.status_code == 201
    paid = await clerk.post(disbursements, voucher)
    assert (paid.status_code, paid.json()["state"]) == (201, "active")


async def test_a_term_ends_when_the_next_one_answers_for_its_groups(
    clerk: Caller, made: dict[str, Any]
) -> None:
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    for group in ("borrower", "idle"):
        given = await clerk.post(address, {**made[group], "term_id": made["terms"][0]})
        assert given.status_code == 201
    term = f"/v1/funds/{made['fund']}/committee/{made['terms'][0]}"
    end = {"term_to": "2026-01-10", "end_reason": "resigned"}
    refused = await clerk.patch(term, end, if_match="*")
    assert (refused.status_code, refused.json()["code"]) == (409, "fund_term_answers")
    assert refused.json()["groups"] == 1  # the other one owes nothing
    await clerk.post(address, {**made["borrower"], "term_id": made["terms"][1]})
    over = await clerk.patch(term, end, if_match="*")
    assert over.status_code == 200, over.text


async def test_whose_term_has_run_out_does_not_answer_for_a_group(
    clerk: Caller, made: dict[str, Any], database: Database
) -> None:
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    await clerk.post(address, {**made["borrower"], "term_id": made["terms"][0]})
    async with database.transaction() as session:
        statement = "UPDATE fund_committee_members SET term_to = '2026-01-10', end_reason = 'term_ended'"
        await session.execute(text(statement))
    assert await unfollowed(clerk, made) == [made["borrower"]["borrower_id"]]
    refused = await clerk.post(
        f"/v1/loans/{made['loan']}/disbursements", {"channel": "bank", "document_no": "บจ ก2/2569"}
    )
    assert refused.json()["code"] == "follower_needed"


async def test_the_next_one_answers_in_place_of_the_one_before(clerk: Caller, made: dict[str, Any]) -> None:
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    for term in made["terms"]:
        answer = await clerk.post(address, {**made["borrower"], "term_id": term})
        assert answer.status_code == 201
    now = (await clerk.get(address, count="true")).json()
    assert [one["term_id"] for one in now["items"]] == [made["terms"][1]]
    ever = (await clerk.get(address, ended="true", count="true")).json()
    assert ever["total"] == 2


async def test_without_open_loans_an_assignment_ends(clerk: Caller, made: dict[str, Any]) -> None:
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    given = (await clerk.post(address, {**made["idle"], "term_id": made["terms"][0]})).json()
    ended = await clerk.post(f"{address}/{given['id']}/end", {})
    assert ended.status_code == 200
    assert ended.json()["ends_on"] is not None
    again = await clerk.post(f"{address}/{given['id']}/end", {})
    assert again.json()["code"] == "assignment_ended"
    unknown = await clerk.post(f"{address}/{uuid7()}/end", {})
    assert unknown.json()["code"] == "assignment_not_found"


async def test_only_who_is_in_office_answers_and_only_for_the_funds_borrowers(
    clerk: Caller, made: dict[str, Any]
) -> None:
    address = f"/v1/funds/{made['fund']}/follow-assignments"
    past = await clerk.post(address, {**made["borrower"], "term_id": made["past"]})
    assert (past.status_code, past.json()["code"]) == (422, "not_in_office")
    nobody = {"borrower_kind": "group", "borrower_id": str(uuid7()), "term_id": made["terms"][0]}
    assert (await clerk.post(address, nobody)).json()["code"] == "borrower_not_of_fund"


async def test_a_visit_is_recorded_with_its_photo(clerk: Caller, made: dict[str, Any]) -> None:
    address = f"/v1/funds/{made['fund']}/visits"
    body = {
        **made["borrower"],
        "visited_on": "2026-01-12",
        "project_state": "as_planned",
        "findings": "ทอผ้าได้ 12 ผืน",
        "next_visit_on": "2026-02-12",
    }
    visit = (await clerk.post(address, body)).json()
    assert visit["file"] is None
    missing = await clerk.get(f"{address}/{visit['id']}/evidence")
    assert missing.json()["code"] == "file_not_attached"
    photo = {"file": ("photo.png", a_photo("PNG"), "image/png")}
    attached = await clerk.request("POST", f"{address}/{visit['id']}/evidence", files=photo)
    assert attached.json()["file"]["media_type"] == "image/png"
    assert (await clerk.get(f"{address}/{visit['id']}/evidence")).content.startswith(b"\x89PNG")
    listed = (await clerk.get(address, project_state="as_planned", count="true")).json()
    assert [one["id"] for one in listed["items"]] == [visit["id"]]
    assert (await clerk.get(address, project_state="stopped")).json()["items"] == []
    repeated = await clerk.post(address, {**body, "id": visit["id"]})
    assert (repeated.status_code, repeated.json()["code"]) == (409, "visit_exists")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visited_on": "2149-01-01"}, "date_in_future"),
        ({"loan_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"}, "loan_of_another"),
        ({"borrower_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"}, "borrower_not_of_fund"),
        ({"next_visit_on": "2026-01-12"}, "next_visit_too_early"),
    ],
)
async def test_a_visit_that_cannot_have_been_is_refused(
    clerk: Caller, made: dict[str, Any], changes: dict[str, str], code: str
) -> None:
    body = {
        **made["borrower"],
        "visited_on": "2026-01-12",
        "project_state": "stopped",
        "findings": "ไม่พบ",
        **changes,
    }
    answer = await clerk.post(f"/v1/funds/{made['fund']}/visits", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_visit_about_a_loan_is_a_visit_to_its_borrower(clerk: Caller, made: dict[str, Any]) -> None:
    facts = {"visited_on": "2026-01-12", "project_state": "as_planned", "findings": "พบผู้กู้"}
    body = {**made["borrower"], **facts, "loan_id": made["loan"]}
    address = f"/v1/funds/{made['fund']}/visits"
    wrong = ({**body, **made["idle"]}, {**body, "borrower_kind": "member"})
    for one in wrong:
        refused = await clerk.post(address, one)
        assert (refused.status_code, refused.json()["code"]) == (422, "loan_of_another")
    assert (await clerk.post(address, body)).status_code == 201


async def test_a_forum_counts_borrowers_among_its_participants(clerk: Caller, made: dict[str, Any]) -> None:
    address = f"/v1/funds/{made['fund']}/forums"
    body = {
        "held_on": "2026-01-12",
        "place": "ศาลาประชาคม",
        "borrowers": 18,
        "participants": 25,
        "topics": "การตลาด",
    }
    assert (await clerk.post(address, body)).status_code == 201
    refused = await clerk.post(address, {**body, "participants": 17})
    assert (refused.status_code, refused.json()["code"]) == (422, "more_borrowers_than_people")
    assert (await clerk.get(address, count="true")).json()["total"] == 1
