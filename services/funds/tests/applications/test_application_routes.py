"""Applications over HTTP: from a draft to the money kept back, and every refusal by its name."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from funds.applications.decision_schemas import ApplicationOut
from funds.applications.schemas import ApplicationRow
from funds.registry import service as registry
from shared.db import Database
from shared.exports import CSV
from shared.ids import uuid7
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import OFFICER, a_fund, a_group, a_submitted_application, an_application
from tests.photos import a_photo

ANY = {"If-Match": "*"}
MEETING = {"number": "3/2569", "held_on": "2026-01-14"}


@pytest.fixture
def group_officer(officer: Caller) -> Caller:
    """Call as who writes applications of the province."""
    return officer.may("funds:write").named("user:writer")


@pytest.fixture
def approver(officer: Caller) -> Caller:
    """Call as who decides in the province."""
    return officer.may("funds:approve")


@pytest.fixture
async def body(database: Database) -> dict[str, Any]:
    """Draft in words what a group of a women's fund with 200,000.00 baht asks for."""
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341902", capital=20_000_000)
        group = await a_group(session, fund, size=3, name="กลุ่มทอผ้าบ้านโนนจิก")
    return {
        "fund_id": str(fund.id),
        "product_code": "WOMENS_REVOLVING",
        "borrower_kind": "group",
        "borrower_id": str(group.id),
        "title": "โครงการทอผ้าไหม",
        "purpose": "weaving",
        "amount": "100000.00",
        "months": 24,
        "instalments": 24,
        "budget": [{"item": "เส้นไหม", "amount": "80000.00"}, {"item": "สีย้อม", "amount": "20000.00"}],
    }


async def drafted(caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    answer = await caller.post("/v1/applications", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/applications/{answer.json()['id']}"
    found: dict[str, Any] = answer.json()
    return found


async def prepared(caller: Caller, address: str) -> None:
    items = [
        {"item": f"P.{number}", "done_on": "2026-01-12", "done_by": "นางบุญมี ใจดี"} for number in range(1, 7)
    ]
    missing = await caller.request("PUT", f"{address}/checklist", json={"items": items})
    assert (missing.status_code, missing.json()["code"]) == (428, "version_required")
    seen = {"If-Match": (await caller.get(address)).headers["etag"]}
    answer = await caller.request("PUT", f"{address}/checklist", json={"items": items}, headers=seen)
    assert answer.json()["missing"] == ["LOAN_RISK"], answer.text
    answers = {f"R.{number}": 1 for number in range(1, 7)}
    stale = await caller.request("PUT", f"{address}/risk", json={"answers": answers}, headers=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    seen = {"If-Match": answer.headers["etag"]}
    answer = await caller.request("PUT", f"{address}/risk", json={"answers": answers}, headers=seen)
    assert (answer.json()["missing"], answer.json()["risk"]["level"]) == ([], "LOW"), answer.text


async def test_a_groups_way_from_draft_to_money_kept_back(
    group_officer: Caller, approver: Caller, body: dict[str, Any]
) -> None:
    draft = await drafted(group_officer, body)
    assert (draft["state"], draft["application_no"], draft["borrower_name"]) == (
        "draft",
        "1",
        "กลุ่มทอผ้าบ้านโนนจิก",
    )
    assert sorted(share["amount"] for share in draft["shares"]) == ["33333.33", "33333.33", "33333.34"]
    address = f"/v1/applications/{draft['id']}"
    await prepared(group_officer, address)
    submitted = (await group_officer.post(f"{address}/submission", {})).json()
    assert (submitted["state"], submitted["next_step"]) == ("submitted", "TAMBON_WORKING_GROUP")
    waiting = await approver.get("/v1/applications", awaits="tambon", count="true")
    assert (waiting.json()["total"], waiting.json()["items"][0]["id"]) == (1, draft["id"])
    chain = (
        ("tambon", "341902", "recommend"),
        ("district", "3419", "recommend"),
        ("province", "34", "approve"),
    )
    for name, area, decision in chain:
        answer = (
            await approver.named(f"user:{name}")
            .where(area)
            .post(f"{address}/decisions", {"decision": decision, "minutes": MEETING}, **ANY)
        )
        assert answer.status_code == 201, answer.text
    approved = answer.json()
    assert ApplicationOut.model_validate(approved).model_dump(mode="json") == approved
    (listed,) = (await approver.get("/v1/applications")).json()["items"]
    assert ApplicationRow.model_validate(listed).model_dump(mode="json") == listed
    assert (approved["state"], approved["reserved"], approved["next_step"]) == ("approved", "100000.00", None)
    assert [one["subject"] for one in approved["decisions"]] == [
        "user:tambon",
        "user:district",
        "user:province",
    ]
    assert all(step["taken"] for step in approved["steps"])
    cancelled = await group_officer.post(f"{address}/cancellation", {"reason": "กลุ่มขอถอนเรื่อง"})
    assert (cancelled.json()["state"], cancelled.json()["reserved"]) == ("cancelled", "0.00")


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"amount": "200000.01"}, 422, "over_ceiling", "/amount"),
        ({"annual_rate": "15.01"}, 422, "rate_above_cap", "/annual_rate"),
        ({"annual_rate": "3.01"}, 422, "rate_outside_product", "/annual_rate"),
        ({"purpose": "gambling"}, 422, "unknown_purpose", "/purpose"),
        ({"product_code": "POVERTY_LOAN"}, 422, "product_not_offered", "/product_code"),
        ({"borrower_kind": "member"}, 422, "wrong_borrower_kind", "/borrower_kind"),
        ({"borrower_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"}, 422, "no_such_borrower", "/borrower_id"),
        ({"amount": "90000.00"}, 422, "budget_does_not_sum", "/budget"),
        ({"amount": "100000.001"}, 422, "invalid_request", "/amount"),
        ({"amount": 100000}, 422, "invalid_request", "/amount"),
        ({"instalments": 1201}, 422, "invalid_request", "/instalments"),
        ({"guarantors": [{}]}, 422, "invalid_request", "/guarantors/0"),
        ({"colour": "red"}, 422, "invalid_request", "/colour"),
        ({"title": "บัตร 1101700230708"}, 422, "invalid_request", "/title"),
    ],
)
async def test_a_wrong_field_is_named(
    group_officer: Caller,
    body: dict[str, Any],
    database: Database,
    changes: dict[str, Any],
    status: int,
    code: str,
    pointer: str,
) -> None:
    answer = await group_officer.post("/v1/applications", {**body, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await rows(database, "SELECT 1 FROM applications") == []


async def test_the_same_draft_sent_twice_from_a_phone_is_one_application(
    group_officer: Caller, body: dict[str, Any], database: Database
) -> None:
    key = {"Idempotency-Key": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a99"}
    first = await group_officer.post("/v1/applications", body, **key)
    again = await group_officer.post("/v1/applications", body, **key)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert len(await rows(database, "SELECT 1 FROM applications")) == 1


async def test_an_id_or_a_number_is_used_once(group_officer: Caller, body: dict[str, Any]) -> None:
    draft = await drafted(group_officer, body)
    taken = await group_officer.post("/v1/applications", {**body, "id": draft["id"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "application_exists")
    taken = await group_officer.post("/v1/applications", {**body, "application_no": "๑"})
    assert (taken.status_code, taken.json()["code"]) == (409, "application_number_taken")


async def test_a_correction_needs_the_version_that_was_seen(
    group_officer: Caller, body: dict[str, Any]
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}"
    tag = (await group_officer.get(address)).headers["etag"]
    changed = await group_officer.patch(address, {"title": "โครงการใหม่"}, if_match=tag)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = await group_officer.patch(address, {"title": "อื่น"}, if_match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    missing = await group_officer.request("PATCH", address, json={"title": "อื่น"})
    assert (missing.status_code, missing.json()["code"]) == (428, "version_required")


async def test_who_writes_applications_does_not_decide_on_them(
    officer: Caller, group_officer: Caller, approver: Caller, body: dict[str, Any]
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}/decisions"
    wanted = {"decision": "recommend"}
    assert (await group_officer.post(address, wanted, **ANY)).json()["code"] == "scope_missing"
    assert (await officer.post("/v1/applications", body)).json()["code"] == "scope_missing"
    assert (await approver.where("35").post(address, wanted, **ANY)).json()["code"] == "application_not_found"
    own = await group_officer.may("funds:approve").post(address, wanted, **ANY)
    assert (own.status_code, own.json()["code"]) == (409, "wrong_application_state")


async def test_a_decision_over_http_names_what_is_missing(
    group_officer: Caller, approver: Caller, body: dict[str, Any]
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}"
    await group_officer.post(f"{address}/submission", {})
    tambon = approver.where("341902")
    refused = await tambon.post(f"{address}/decisions", {"decision": "recommend"}, **ANY)
    assert (refused.status_code, refused.json()["code"]) == (409, "checklist_incomplete")
    assert refused.json()["missing"] == ["P.1", "P.2", "P.3", "P.4", "P.5", "P.6", "LOAN_RISK"]
    writer = group_officer.may("funds:approve").where("341902")
    own = await writer.post(f"{address}/decisions", {"decision": "recommend"}, **ANY)
    assert (own.status_code, own.json()["code"]) == (403, "own_application")
    elsewhere = await approver.post(f"{address}/decisions", {"decision": "recommend"}, **ANY)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "level_not_yours")


async def test_the_id_of_a_decision_is_used_once(
    approver: Caller, body: dict[str, Any], database: Database
) -> None:
    async with database.transaction() as session:
        fund = await registry.require(session, UUID(body["fund_id"]), principal=OFFICER)
        ids = [await a_submitted_application(session, fund) for _ in range(2)]
    wanted = {"id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10", "decision": "recommend", "minutes": MEETING}
    tambon = approver.where(fund.area_code)
    first, second = [await tambon.post(f"/v1/applications/{one}/decisions", wanted, **ANY) for one in ids]
    assert (first.status_code, second.json()["code"]) == (201, "application_decision_exists")
    again = {**wanted, "step": "TAMBON_WORKING_GROUP"}
    repeated = await tambon.named("user:else").post(f"/v1/applications/{ids[0]}/decisions", again, **ANY)
    assert repeated.json()["code"] == "wrong_step"


async def test_a_step_that_gives_less_says_so_to_everybody(
    group_officer: Caller, approver: Caller, body: dict[str, Any], officer: Caller
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}"
    await prepared(group_officer, address)
    await group_officer.post(f"{address}/submission", {})
    tambon = approver.where("341902")
    wanted = {"decision": "recommend", "minutes": MEETING, "amount": "90000.00"}
    stranger = [{"member_id": str(uuid7()), "parts": 1}]
    for wrong, status, code, pointer in (
        ({}, 422, "wrong_decision", "/reason"),
        ({"reason": "…", "amount": "100000.01"}, 422, "amount_raised", "/amount"),
        ({"reason": "…", "amount": "0.00"}, 422, "invalid_request", "/amount"),
        ({"reason": "…", "shares": stranger}, 422, "share_not_of_group", "/shares/0/member_id"),
    ):
        refused = await tambon.post(f"{address}/decisions", {**wanted, **wrong}, **ANY)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    given = (await tambon.post(f"{address}/decisions", {**wanted, "reason": "ใช้ไหมที่มีอยู่"}, **ANY)).json()
    assert ApplicationOut.model_validate(given).model_dump(mode="json") == given
    assert (given["amount"], given["resolved_amount"], given["reserved"]) == ("100000.00", "90000.00", "0.00")
    assert [one["amount"] for one in given["decisions"]] == ["90000.00"]
    assert {one["amount"] for one in given["shares"]} == {"33333.33", "33333.34"}
    assert {one["resolved_amount"] for one in given["shares"]} == {"30000.00"}
    (listed,) = (await officer.get("/v1/applications")).json()["items"]
    assert (listed["amount"], listed["resolved_amount"]) == ("100000.00", "90000.00")


async def test_evidence_is_attached_to_a_recorded_item_and_read_in_its_area_only(
    group_officer: Caller, body: dict[str, Any]
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}"
    file = {"file": ("photo.jpg", a_photo(), "image/jpeg")}
    early = await group_officer.request("POST", f"{address}/checklist/P.3/file", files=file)
    assert (early.status_code, early.json()["code"]) == (404, "check_not_found")
    await prepared(group_officer, address)
    bare = await group_officer.get(f"{address}/checklist/P.3/file")
    assert (bare.status_code, bare.json()["code"]) == (404, "file_not_attached")
    wrong = {"file": ("photo.jpg", b"GIF89a", "image/jpeg")}
    refused = await group_officer.request("POST", f"{address}/checklist/P.3/file", files=wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_file_type")
    kept = await group_officer.request("POST", f"{address}/checklist/P.3/file", files=file)
    check = next(one for one in kept.json()["checks"] if one["item"] == "P.3")
    assert (kept.status_code, check["file_type"]) == (200, "image/jpeg")
    read = await group_officer.get(f"{address}/checklist/P.3/file")
    assert (read.status_code, read.content[:3]) == (200, b"\xff\xd8\xff")
    assert (await group_officer.where("35").get(f"{address}/checklist/P.3/file")).status_code == 404


async def test_the_list_is_narrowed_paged_and_taken_away(
    officer: Caller, database: Database, body: dict[str, Any]
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341903", kind="womens")
        for _ in range(3):
            await an_application(session, fund)
        await a_submitted_application(session, fund, product="WOMENS_GRANT")
        poverty = await a_fund(session, kind="poverty", area_code="34190301")
        await an_application(session, poverty)
    del body

    async def listed(**query: str) -> int:
        answer = await officer.get("/v1/applications", count="true", **query)
        assert answer.status_code == 200, answer.text
        total: int = answer.json()["total"]
        return total

    assert await listed() == 5
    assert await listed(area="34190301") == 1
    assert await listed(fund_id=str(fund.id)) == 4
    assert await listed(state="submitted") == 1
    assert await listed(category="grant") == 1
    assert await listed(product_code="POVERTY_LOAN") == 1
    assert await listed(awaits="tambon") == 1
    assert await listed(applied_from="2026-01-16") == 0
    assert await listed(applied_to="2026-01-15") == 5
    assert await listed(updated_since="2026-01-15T03:00:01Z") == 0
    first = (await officer.get("/v1/applications", limit="3")).json()
    rest = (await officer.get("/v1/applications", limit="3", cursor=first["next"])).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in rest["items"]}
    headers = {"Accept": CSV, "Accept-Language": "en"}
    file = await officer.may("export").request("GET", "/v1/applications", headers=headers)
    lines = list(csv.DictReader(io.StringIO(file.text)))
    assert (len(lines), lines[0]["amount"]) == (5, "100000.00")
    refused = await officer.request("GET", "/v1/applications", headers=headers)
    assert refused.json()["code"] == "scope_missing"


async def test_reading_an_application_whole_leaves_a_row_in_the_audit(
    officer: Caller, group_officer: Caller, body: dict[str, Any], database: Database
) -> None:
    address = f"/v1/applications/{(await drafted(group_officer, body))['id']}"
    assert (await officer.get(address)).status_code == 200
    (row,) = await rows(database, "SELECT actor FROM audit WHERE action = 'application.read'")
    assert row["actor"] == "user:tester"
