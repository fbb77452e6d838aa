"""Grants over HTTP: paid, shown, confirmed, reversed; each in its own area and with its own right."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from funds.grants.schemas import GrantOut
from funds.registry import service as registry
from shared import clock
from shared.db import Database
from shared.exports import CSV
from shared.testing.caller import Caller
from tests.factories import OFFICER, a_fund, an_approved_application
from tests.grants.factories import a_grant


@pytest.fixture
def writer(officer: Caller) -> Caller:
    """Call as who pays grants out and writes down their use."""
    return officer.may("funds:write").named("user:writer")


@pytest.fixture
def approver(officer: Caller) -> Caller:
    """Call as who confirms."""
    return officer.may("funds:approve").named("user:district")


@pytest.fixture
async def application_id(database: Database) -> UUID:
    """Approve a grant of 20,000.00 baht."""
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341902", capital=20_000_000)
        return await an_approved_application(
            session, fund, product="WOMENS_GRANT", amount=2_000_000, now=clock.now()
        )


ANY = {"If-Match": "*"}


async def paid(writer: Caller, application_id: UUID, **words: Any) -> dict[str, Any]:
    body = {"application_id": str(application_id), "document_no": "บจ ๓/2569", "paid_from": "bank", **words}
    answer = await writer.post("/v1/grants", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/grants/{found['id']}"
    return found


async def test_a_grant_from_payment_to_confirmation(
    writer: Caller, approver: Caller, application_id: UUID
) -> None:
    grant = await paid(writer, application_id)
    assert (grant["amount"], grant["left"], grant["document_no"]) == ("20000.00", "20000.00", "บจ 3/2569")
    address = f"/v1/grants/{grant['id']}"
    early = await approver.post(f"{address}/confirmation", {}, **ANY)
    assert (early.status_code, early.json()["code"]) == (409, "use_not_shown")
    use = {"used_on": grant["paid_on"], "item": "ค่าวิทยากร", "amount": "15000.00", "document_no": "12/45"}
    shown = await writer.post(f"{address}/uses", use)
    assert (shown.status_code, shown.json()["left"]) == (201, "5000.00")
    back = {"amount": "5000.00", "received_as": "bank", "document_no": "บร 1/2569"}
    returned = await writer.post(f"{address}/returns", back)
    assert [one["kind"] for one in returned.json()["uses"]] == ["use", "return"]
    assert returned.json()["uses"][1]["journal_number"] > grant["journal_number"]
    seen = (await writer.get(address)).json()
    assert GrantOut.model_validate(seen).model_dump(mode="json") == seen
    own = await writer.may("funds:approve").post(f"{address}/confirmation", {}, **ANY)
    assert (own.status_code, own.json()["code"]) == (403, "own_grant")
    missing = await approver.post(f"{address}/confirmation", {})
    assert (missing.status_code, missing.json()["code"]) == (428, "version_required")
    stale = await approver.post(f"{address}/confirmation", {}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    confirmed = await approver.post(f"{address}/confirmation", {}, **ANY)
    assert (confirmed.json()["state"], confirmed.json()["confirmed_by"]) == ("confirmed", "user:district")
    late = await writer.post(f"{address}/uses", {**use, "amount": "-1.00"})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_grant_state")


async def test_a_grant_is_paid_once_and_its_number_used_once(
    writer: Caller, application_id: UUID, database: Database
) -> None:
    grant = await paid(writer, application_id, grant_no="1/2569")
    body = {"application_id": str(application_id), "document_no": "บจ 4/2569", "paid_from": "cash"}
    again = await writer.post("/v1/grants", body)
    assert (again.status_code, again.json()["code"]) == (409, "application_not_approved")
    async with database.transaction() as session:
        fund = await registry.require(session, UUID(grant["fund_id"]), principal=OFFICER)
        other = await an_approved_application(
            session, fund, product="WOMENS_GRANT", amount=1_000_000, now=clock.now()
        )
    taken = await writer.post("/v1/grants", {**body, "application_id": str(other), "grant_no": "1/2569"})
    assert (taken.status_code, taken.json()["code"]) == (409, "grant_number_taken")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"amount": "0.00"}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"item": ""}, "/item"),
        ({"used_on": "31/12/2568"}, "/used_on"),
    ],
)
async def test_a_wrong_field_of_a_use_is_named(
    writer: Caller, application_id: UUID, changes: dict[str, Any], pointer: str
) -> None:
    grant = await paid(writer, application_id)
    use = {"used_on": grant["paid_on"], "item": "ค่าวิทยากร", "amount": "1.00", **changes}
    answer = await writer.post(f"/v1/grants/{grant['id']}/uses", use)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_receipt_is_attached_to_its_use(writer: Caller, application_id: UUID) -> None:
    grant = await paid(writer, application_id)
    address = f"/v1/grants/{grant['id']}/uses"
    use = {"used_on": grant["paid_on"], "item": "ค่าวิทยากร", "amount": "1.00"}
    (one,) = (await writer.post(address, use)).json()["uses"]
    file = {"file": ("receipt.pdf", b"%PDF-1.7 receipt", "application/pdf")}
    kept = await writer.request("POST", f"{address}/{one['id']}/file", files=file)
    assert (kept.status_code, kept.json()["uses"][0]["file_type"]) == (200, "application/pdf")
    read = await writer.get(f"{address}/{one['id']}/file")
    assert read.content == b"%PDF-1.7 receipt"
    assert (await writer.where("35").get(f"{address}/{one['id']}/file")).status_code == 404
    unknown = await writer.get(f"{address}/{grant['id']}/file")
    assert unknown.json()["code"] == "grant_use_not_found"


async def test_a_payment_is_reversed_by_who_may_approve(
    writer: Caller, approver: Caller, application_id: UUID
) -> None:
    grant = await paid(writer, application_id)
    address = f"/v1/grants/{grant['id']}/reversal"
    assert (await writer.post(address, {"reason": "ผิด"})).json()["code"] == "scope_missing"
    hidden = await approver.where("3415").post(address, {"reason": "ผิด"})
    assert hidden.json()["code"] == "grant_not_found"
    reversed_ = await approver.post(address, {"reason": "จ่ายผิดบัญชี"})
    assert (reversed_.status_code, reversed_.json()["state"]) == (200, "reversed")
    application = (await writer.get(f"/v1/applications/{application_id}")).json()
    assert (application["state"], application["reserved"]) == ("approved", "20000.00")
    await paid(writer, application_id, document_no="บจ 5/2569")


async def test_the_list_of_grants_is_narrowed_paged_and_taken_away(
    officer: Caller, database: Database
) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341902", capital=20_000_000)
        for _ in range(3):
            await a_grant(session, fund, amount=1_000_000)
        other = await a_fund(session, area_code="341501", capital=20_000_000)
        await a_grant(session, other)

    async def listed(**query: str) -> int:
        answer = await officer.get("/v1/grants", count="true", **query)
        assert answer.status_code == 200, answer.text
        total: int = answer.json()["total"]
        return total

    assert await listed() == 4
    assert await listed(area="3419") == 3
    assert await listed(fund_id=str(other.id)) == 1
    assert await listed(state="confirmed") == 0
    assert await listed(paid_from_day="2026-01-16") == 0
    assert await listed(paid_to_day="2026-01-15") == 4
    first = (await officer.get("/v1/grants", limit="3")).json()
    rest = (await officer.get("/v1/grants", limit="3", cursor=first["next"])).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)
    headers = {"Accept": CSV, "Accept-Language": "en"}
    file = await officer.may("export").request("GET", "/v1/grants", headers=headers)
    lines = list(csv.DictReader(io.StringIO(file.text)))
    assert sorted(line["left"] for line in lines) == ["10000.00"] * 3 + ["20000.00"]
