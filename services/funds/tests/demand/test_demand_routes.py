"""Arrears, portfolio, tasks, reliefs, write-offs and deaths over HTTP, as officers call them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from funds.deaths import service as deaths
from funds.demand import daily
from funds.known_households.rules import Death
from funds.loans import queries as loans
from shared import clock
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.demand.debts import FIRST_DUE, LATE, TODAY, a_late_loan
from tests.photos import a_photo

ANY = {"If-Match": "*"}
RIGHTS = frozenset({"funds:read", "loans:read", "loans:write", "loans:approve", "export"})


def in_a_month() -> str:
    return (clock.business_date(clock.now()) + timedelta(days=30)).isoformat()


@pytest.fixture
def clerk(officer: Caller) -> Caller:
    """Propose and record for funds of the province."""
    return officer.only(RIGHTS - {"loans:approve"}).named("user:clerk")


@pytest.fixture
def head(officer: Caller) -> Caller:
    """Decide what others propose."""
    return officer.only(RIGHTS).named("user:head")


@pytest.fixture
async def loan_id(database: Database) -> UUID:
    async with database.transaction() as session:
        _, found = await a_late_loan(session)
    await daily.work(database, now=LATE)
    return found


async def test_the_arrears_of_a_loan_are_as_of_today_with_its_changes(clerk: Caller, loan_id: UUID) -> None:
    found = (await clerk.get(f"/v1/loans/{loan_id}/arrears")).json()
    today = clock.business_date(clock.now())
    assert found["as_of"] == today.isoformat()
    assert found["days_late"] == (today - FIRST_DUE).days
    assert found["oldest_due_on"] == FIRST_DUE.isoformat()
    assert found["outstanding"] == "100000.00"
    assert [(one["as_of"], one["bucket"]) for one in found["changes"]] == [(TODAY.isoformat(), "61-90")]


async def test_late_loans_are_listed_by_bucket_and_area(clerk: Caller, loan_id: UUID) -> None:
    everything = (await clerk.get("/v1/loans/overdue", count="true")).json()
    assert [one["loan_id"] for one in everything["items"]] == [str(loan_id)]
    assert everything["total"] == 1
    (late,) = everything["items"]
    same = (await clerk.get("/v1/loans/overdue", bucket=late["bucket"], area=late["area_code"][:4])).json()
    assert same["items"] == everything["items"]
    other = (await clerk.get("/v1/loans/overdue", bucket="1-30", count="true")).json()
    assert (other["items"], other["total"]) == ([], 0)
    elsewhere = (await clerk.get("/v1/loans/overdue", area="3499")).json()
    assert elsewhere["items"] == []
    assert (await clerk.get("/v1/loans/overdue", bucket="yesterday")).status_code == 422


async def test_pages_of_late_loans_are_complete_and_without_repetition(
    clerk: Caller, database: Database, loan_id: UUID
) -> None:
    made = {str(loan_id)}
    async with database.transaction() as session:
        for _ in range(4):
            made.add(str((await a_late_loan(session))[1]))
    seen: list[str] = []
    page = (await clerk.get("/v1/loans/overdue", limit="2")).json()
    while True:
        seen += [one["loan_id"] for one in page["items"]]
        if page["next"] is None:
            break
        page = (await clerk.get("/v1/loans/overdue", limit="2", cursor=page["next"])).json()
    assert len(seen) == 5
    assert set(seen) == made


async def test_late_loans_come_as_a_file_too(clerk: Caller, loan_id: UUID) -> None:
    answer = await clerk.request("GET", "/v1/loans/overdue", headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert "ค้างชำระ (วัน)" in lines[0]
    assert str(loan_id) in lines[1]
    assert ",100000.00" in lines[1]
    no_export = clerk.only(RIGHTS - {"export"})
    refused = await no_export.request("GET", "/v1/loans/overdue", headers={"Accept": "text/csv"})
    assert refused.status_code == 403


async def test_the_portfolio_at_risk_is_the_callers_own(clerk: Caller, loan_id: UUID) -> None:
    del loan_id
    found = (await clerk.get("/v1/loans/at-risk")).json()
    assert (found["loans"], found["outstanding"]) == (1, "100000.00")
    assert [(one["days"], one["at_risk"], one["percent"]) for one in found["at_risk"]] == [
        (30, "100000.00", "100.00"), (60, "100000.00", "100.00"), (90, "100000.00", "100.00"),
    ]  # fmt: skip
    stranger = (await clerk.where("10").get("/v1/loans/at-risk")).json()
    assert (stranger["loans"], stranger["outstanding"], stranger["overdue_total"]) == (0, "0.00", "0.00")
    assert stranger["at_risk"][0]["percent"] is None


async def test_the_daily_runs_can_be_seen(clerk: Caller, loan_id: UUID) -> None:
    del loan_id
    (run,) = (await clerk.get("/v1/loans/daily-runs")).json()["items"]
    assert (run["day"], run["state"], run["loans"], run["tasks"]) == (TODAY.isoformat(), "done", 1, 1)


async def test_a_task_is_closed_with_its_evidence(clerk: Caller, loan_id: UUID) -> None:
    (task,) = (await clerk.get("/v1/loans/tasks", state="open")).json()["items"]
    assert (task["rule_code"], task["kind"], task["loan_id"]) == ("MEETING_61", "meeting", str(loan_id))
    address = f"/v1/loans/{loan_id}/tasks/{task['id']}"
    closing = {"outcome": "cannot_pay", "note": "น้ำท่วมนา"}
    refused = await clerk.post(f"{address}/closing", closing)
    assert (refused.status_code, refused.json()["code"]) == (422, "evidence_missing")
    wrong = {"file": ("photo.pdf", b"MZ not a pdf", "application/pdf")}
    assert (await clerk.request("POST", f"{address}/evidence", files=wrong)).status_code == 422
    photo = {"file": ("photo.jpg", a_photo(), "image/jpeg")}
    attached = await clerk.request("POST", f"{address}/evidence", files=photo)
    assert attached.json()["file"]["media_type"] == "image/jpeg"
    shown = await clerk.get(f"{address}/evidence")
    assert shown.content.startswith(b"\xff\xd8\xff")
    hidden = await clerk.where("10").get(f"{address}/evidence")
    assert hidden.status_code == 404
    done = (await clerk.post(f"{address}/closing", closing)).json()
    assert (done["state"], done["outcome"], done["closed_by"]) == ("done", "cannot_pay", "user:clerk")
    again = await clerk.post(f"{address}/closing", closing)
    assert (again.status_code, again.json()["code"]) == (409, "demand_task_closed")


async def test_a_promise_says_when_and_how_much(clerk: Caller, loan_id: UUID) -> None:
    (task,) = (await clerk.get(f"/v1/loans/{loan_id}/tasks")).json()["items"]
    address = f"/v1/loans/{loan_id}/tasks/{task['id']}/closing"
    closing: dict[str, Any] = {"outcome": "promised", "note": "หลังขายข้าว", "document_no": "1/2569"}
    refused = await clerk.post(address, closing)
    assert refused.json()["code"] == "promise_missing"
    promise = {"promised_on": "2026-06-01", "promised_amount": "1000.00"}
    past = await clerk.post(address, {**closing, **promise})
    assert (past.status_code, past.json()["code"]) == (422, "promise_in_past")
    promise["promised_on"] = in_a_month()
    done = (await clerk.post(address, {**closing, **promise})).json()
    assert (done["promised_on"], done["promised_amount"]) == (promise["promised_on"], "1000.00")


async def test_people_do_not_report_what_only_the_daily_run_finds(clerk: Caller, loan_id: UUID) -> None:
    (task,) = (await clerk.get(f"/v1/loans/{loan_id}/tasks")).json()["items"]
    body = {"outcome": "superseded", "note": "x", "document_no": "1"}
    answer = await clerk.post(f"/v1/loans/{loan_id}/tasks/{task['id']}/closing", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/outcome"


async def test_a_task_opened_by_hand_stands_beside_the_others(clerk: Caller, loan_id: UUID) -> None:
    body = {"kind": "mediation", "due_on": in_a_month(), "note": "นัดไกล่เกลี่ย"}
    opened = await clerk.post(f"/v1/loans/{loan_id}/tasks", body)
    assert opened.status_code == 201
    assert (opened.json()["rule_code"], opened.json()["opened_by"]) == (None, "user:clerk")
    death = await clerk.post(f"/v1/loans/{loan_id}/tasks", {**body, "kind": "death"})
    assert (death.status_code, death.json()["code"]) == (409, "demand_task_needs_decision")
    past = await clerk.post(f"/v1/loans/{loan_id}/tasks", {**body, "due_on": "2026-01-01"})
    assert (past.status_code, past.json()["code"]) == (422, "task_due_in_past")


async def test_a_relief_is_proposed_with_its_schedule_and_approved_by_another(
    clerk: Caller, head: Caller, loan_id: UUID
) -> None:
    body = {
        "terms": {"kind": "reschedule", "instalments": 12, "first_due": in_a_month()},
        "reason": "น้ำท่วม",
    }
    stranger = await clerk.where("10").post(f"/v1/loans/{loan_id}/reliefs", body)
    assert stranger.status_code == 404
    opened = await clerk.post(f"/v1/loans/{loan_id}/reliefs", body)
    assert opened.status_code == 201, opened.text
    relief = opened.json()
    assert len(relief["preview"]) == 12
    assert sum(round(float(row["principal"]) * 100) for row in relief["preview"]) == 10_000_000
    second = await clerk.post(f"/v1/loans/{loan_id}/reliefs", body)
    assert (second.status_code, second.json()["code"]) == (409, "relief_exists")
    address = f"/v1/loans/{loan_id}/reliefs/{relief['id']}/decision"
    approve = {"decision": "approve"}
    assert (await clerk.post(address, approve)).status_code == 403
    own = await head.named("user:clerk").post(address, approve)
    assert (own.status_code, own.json()["code"]) == (403, "own_relief")
    done = (await head.post(address, approve)).json()
    assert (done["state"], done["schedule_before"], done["schedule_after"]) == ("approved", 1, 2)
    listed = (await clerk.get(f"/v1/loans/{loan_id}/reliefs", state="approved")).json()["items"]
    assert [one["id"] for one in listed] == [relief["id"]]
    arrears = (await clerk.get(f"/v1/loans/{loan_id}/arrears")).json()
    assert (arrears["bucket"], arrears["reported_bucket"]) == ("current", "180+")


async def test_a_write_off_is_approved_by_another_and_stays_collectable(
    clerk: Caller, head: Caller, database: Database, loan_id: UUID
) -> None:
    address = f"/v1/loans/{loan_id}/write-off"
    assert (await clerk.get(address)).json()["code"] == "write_off_not_found"
    body = {"reason": "ไม่มีทายาท"}
    assert (await clerk.where("10").post(address, body)).status_code == 404
    assert (await clerk.post(address, body)).status_code == 201
    assert (await clerk.post(address, body)).json()["code"] == "write_off_exists"
    own = await head.named("user:clerk").post(f"{address}/decision", {"decision": "approve"}, **ANY)
    assert own.json()["code"] == "own_write_off"
    done = (await head.post(f"{address}/decision", {"decision": "approve"}, **ANY)).json()
    assert (done["state"], done["principal"], done["recovered"]) == ("approved", "100000.00", "0.00")
    paid = {"loan_id": str(loan_id), "receipt_no": "1", "amount": "20000.00", "channel": "cash"}
    assert (await clerk.post("/v1/repayments", paid)).status_code == 201
    assert (await clerk.get(address)).json()["recovered"] != "0.00"
    kinds = await rows(database, "SELECT kind FROM journals ORDER BY number DESC LIMIT 2")
    assert [row["kind"] for row in kinds] == ["recovery", "write_off"]


async def test_the_debt_of_a_dead_member_is_listed_and_decided(
    clerk: Caller, head: Caller, database: Database, loan_id: UUID
) -> None:
    async with database.transaction() as session:
        member = next(iter(await loans.shares(session, loan_id)))
    (row,) = await rows(database, "SELECT person_id FROM fund_members WHERE id = $1", member)
    death = Death(row["person_id"], 1, None, "", date(2026, 5, 1))
    async with database.transaction() as session:
        await deaths.take_notice(session, [death], now=LATE)
    (case,) = (await clerk.get("/v1/loans/deaths", state="open")).json()["items"]
    assert (case["loan_id"], case["frozen"]) == (str(loan_id), False)
    address = f"/v1/loans/{loan_id}/death-decision"
    seen = {"If-Match": (await clerk.get(address)).headers["etag"]}
    missing = await clerk.post(address, {"decision": "heirs", "note": "บุตรรับ"}, **seen)
    assert missing.json()["code"] == "answerable_missing"
    proposal = {"decision": "group", "note": "กลุ่มรับผิดชอบ"}
    assert (await clerk.post(address, proposal, **seen)).status_code == 200
    for tag, status, code in ((seen, 412, "stale_version"), ({}, 428, "version_required")):
        unseen = await clerk.named("user:other").post(address, {**proposal, "note": "อื่น"}, **tag)
        assert (unseen.status_code, unseen.json()["code"]) == (status, code)
    unread = await head.post(f"{address}/approval", {"decision": "approve"})
    assert (unread.status_code, unread.json()["code"]) == (428, "version_required")
    tag = {"If-Match": (await head.get(address)).headers["etag"]}
    (done,) = (await head.post(f"{address}/approval", {"decision": "approve"}, **tag)).json()["items"]
    assert (done["state"], done["decided_by"]) == ("decided", "user:head")
