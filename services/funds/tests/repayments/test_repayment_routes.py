"""Repayments over HTTP, as the woman who keeps the receipt book and the officer who checks it meet them."""

from datetime import date
from typing import Any

import pytest

from shared import clock
from shared.clock import business_date
from shared.db import Database
from shared.ids import uuid7
from shared.security import SCOPES
from shared.testing.caller import Caller
from tests.factories import a_fund, a_group, a_loan


def today() -> date:
    """Return the day in Thailand: asked anew, since a run of the tests may go over midnight."""
    return business_date(clock.now())


@pytest.fixture
def treasurer(officer: Caller) -> Caller:
    """Call as the fund's treasurer."""
    return officer.only(frozenset({"loans:read", "loans:write", "ledgers:read"}))


@pytest.fixture
async def loan(database: Database) -> dict[str, Any]:
    """Lend 100,000.00 baht today."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=30_000_000, now=clock.now())
        group = await a_group(session, fund, size=3)
        loan_id = await a_loan(session, fund, borrower=group, now=clock.now())
    return {"id": str(loan_id), "fund_id": str(fund.id), "members": [str(one) for one in group.member_ids]}


def slip(loan: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a receipt over 328.00 baht."""
    return {
        "loan_id": loan["id"],
        "receipt_no": "ร 101/2569",
        "amount": "328.00",
        "channel": "cash",
        **changes,
    }


async def test_a_receipt_is_recorded_read_and_traced_to_its_journal(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    made = await treasurer.post("/v1/repayments", slip(loan))
    assert made.status_code == 201, made.text
    receipt = made.json()
    assert made.headers["Location"] == f"/v1/repayments/{receipt['id']}"
    assert (receipt["amount"], receipt["advance"], receipt["outstanding"]) == (
        "328.00",
        "328.00",
        "100000.00",
    )
    assert sum(float(part["amount"]) for part in receipt["parts"]) == pytest.approx(328)
    read = await treasurer.get(f"/v1/repayments/{receipt['id']}")
    assert read.json() == receipt
    journal = await treasurer.get(f"/v1/ledgers/{loan['fund_id']}/journals/{receipt['journal_id']}")
    assert (journal.json()["document_no"], journal.json()["total"]) == ("ร 101/2569", "328.00")
    listed = await treasurer.get("/v1/repayments", loan_id=loan["id"], count="true")
    assert (listed.json()["total"], listed.json()["items"][0]["receipt_no"]) == (1, "ร 101/2569")


async def test_a_receipt_number_serves_once(treasurer: Caller, loan: dict[str, Any]) -> None:
    assert (await treasurer.post("/v1/repayments", slip(loan))).status_code == 201
    again = await treasurer.post("/v1/repayments", slip(loan, receipt_no="ร ๑๐๑/๒๕๖๙"))
    assert (again.status_code, again.json()["code"]) == (409, "receipt_used")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": "0.00"}, 422, "out_of_range"),
        ({"amount": "-1.00"}, 422, None),
        ({"amount": "1.005"}, 422, None),
        ({"amount": 328}, 422, None),
        ({"paid_on": "2149-01-01"}, 422, "payment_in_future"),
        ({"paid_on": "2020-01-01"}, 422, "payment_before_loan"),
        ({"early": "payoff"}, 409, "payoff_too_little"),
        ({"channel": "cheque"}, 422, "not_allowed"),
        ({"journal_id": str(uuid7())}, 422, "unknown_field"),
        ({"loan_id": str(uuid7())}, 404, "loan_not_found"),
    ],
)
async def test_what_cannot_be_a_receipt_is_refused_and_nothing_is_posted(
    treasurer: Caller, loan: dict[str, Any], changes: dict[str, Any], status: int, code: str | None
) -> None:
    refused = await treasurer.post("/v1/repayments", slip(loan, **changes))
    assert refused.status_code == status, refused.text
    problem = refused.json()
    codes = {problem["code"], *(error["code"] for error in problem.get("errors", []))}
    assert code is None or code in codes
    listed = await treasurer.get("/v1/repayments", loan_id=loan["id"])
    assert listed.json()["items"] == []


async def test_a_reversal_says_why_is_somebody_elses_and_happens_once(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    receipt = (await treasurer.post("/v1/repayments", slip(loan))).json()
    address = f"/v1/repayments/{receipt['id']}/reversal"
    alone = await treasurer.post(address, {"reason": "บันทึกผิดสัญญา"})
    assert (alone.status_code, alone.json()["code"]) == (403, "reversal_by_recorder")
    assert (await treasurer.get(f"/v1/repayments/{receipt['id']}")).json() == receipt
    chair = treasurer.named("user:chair")
    early = await chair.post(address, {"reason": "บันทึกผิด", "reversed_on": "2020-01-01"})
    assert (early.status_code, early.json()["code"]) == (422, "booked_before_paid")
    reversed_once = await chair.post(address, {"reason": "บันทึกผิดสัญญา"})
    assert (reversed_once.status_code, reversed_once.json()["reversed_on"]) == (200, today().isoformat())
    again = await chair.post(address, {"reason": "บันทึกผิดสัญญา"})
    assert (again.status_code, again.json()["code"]) == (409, "repayment_reversed")
    stands = await treasurer.get("/v1/repayments", loan_id=loan["id"], reversed="false")
    assert stands.json()["items"] == []


async def test_a_phone_sends_what_it_kept_and_one_wrong_slip_loses_no_other(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    good = [slip(loan, id=str(uuid7()), receipt_no=f"ร {number}", amount="10.00") for number in (1, 2)]
    wrong = [
        slip(loan, id=str(uuid7()), receipt_no="ร 1"),
        slip(loan, id=str(uuid7()), receipt_no="ร 3", amount="ten"),
        slip(loan, receipt_no="ร 4"),
        slip(loan, id=str(uuid7()), receipt_no="ร 5", paid_on="2149-01-01"),
        "not a slip",
    ]
    batch = {"items": [good[0], *wrong, good[1]]}
    answer = await treasurer.post("/v1/repayments/batches", batch)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["recorded"], told["repeated"], told["refused"]) == (2, 0, 5)
    assert [result["outcome"] for result in told["results"]] == ["recorded", *["refused"] * 5, "recorded"]
    codes = [result["problem"]["code"] for result in told["results"][1:6]]
    assert codes == [
        "receipt_used",
        "invalid_request",
        "invalid_request",
        "payment_in_future",
        "invalid_request",
    ]
    assert told["results"][2]["problem"]["errors"][0]["pointer"] == "/amount"
    off = slip(loan, id=str(uuid7()), receipt_no="ร 6", early="payoff")
    (short,) = (await treasurer.post("/v1/repayments/batches", {"items": [off]})).json()["results"]
    assert short["problem"]["detail"]["th"] == "ยอดปิดบัญชี 99980.00 บาท"
    again = (await treasurer.post("/v1/repayments/batches", batch)).json()
    assert (again["recorded"], again["repeated"], again["refused"]) == (0, 2, 5)
    parts = [{"member_id": loan["members"][0], "amount": "10.00"}]
    changed = {"items": [{**good[0], "parts": parts}, good[1]]}
    answered = (await treasurer.post("/v1/repayments/batches", changed)).json()
    assert [result["outcome"] for result in answered["results"]] == ["refused", "repeated"]
    assert answered["results"][0]["problem"]["code"] == "repayment_exists"
    listed = (await treasurer.get("/v1/repayments", batch_id=told["id"], count="true")).json()
    assert (listed["total"], {row["amount"] for row in listed["items"]}) == (2, {"10.00"})


async def test_a_quote_tells_what_settles_the_loan_and_settles_it(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    past = await treasurer.get(f"/v1/loans/{loan['id']}/payoff", on="2020-01-01")
    assert (past.status_code, past.json()["code"]) == (422, "quote_in_past")
    quote = (await treasurer.get(f"/v1/loans/{loan['id']}/payoff")).json()
    assert (quote["principal"], quote["interest"], quote["total"]) == ("100000.00", "0.00", "100000.00")
    assert quote["interest_by"] == "day"
    paid = await treasurer.post(
        "/v1/repayments", slip(loan, amount=quote["total"], early="payoff", channel="bank")
    )
    assert paid.status_code == 201, paid.text
    closed = (await treasurer.get(f"/v1/loans/{loan['id']}")).json()
    assert (closed["state"], closed["closed_on"], closed["outstanding"]) == (
        "closed",
        today().isoformat(),
        "0.00",
    )
    late = await treasurer.post("/v1/repayments", slip(loan, receipt_no="ร 2"))
    assert (late.status_code, late.json()["code"]) == (409, "loan_not_open")


async def test_an_advance_is_given_back_with_a_voucher(treasurer: Caller, loan: dict[str, Any]) -> None:
    await treasurer.post("/v1/repayments", slip(loan))
    refund = {"channel": "cash", "document_no": "บจ 9/2569", "amount": "28.00"}
    given = await treasurer.post(f"/v1/loans/{loan['id']}/advance-refunds", refund)
    assert (given.status_code, given.json()["advance"]) == (201, "-28.00")
    too_much = await treasurer.post(f"/v1/loans/{loan['id']}/advance-refunds", {**refund, "amount": "300.01"})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "no_advance")
    entries = (await treasurer.get(f"/v1/loans/{loan['id']}/entries")).json()["items"]
    assert [(entry["kind"], entry["document_no"]) for entry in entries] == [("refund", "บจ 9/2569")]


async def test_money_left_over_when_a_loan_closes_stays_listed_until_it_is_given_back(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    quote = (await treasurer.get(f"/v1/loans/{loan['id']}/payoff")).json()
    assert quote["total"] == "100000.00"
    paid = await treasurer.post("/v1/repayments", slip(loan, amount="100004.00", early="payoff"))
    assert paid.status_code == 201, paid.text

    async def listed() -> list[tuple[str, str]]:
        items = (await treasurer.get("/v1/loans", to_give_back="true")).json()["items"]
        return [(one["id"], one["advance"]) for one in items]

    assert await listed() == [(loan["id"], "4.00")]
    refund = {"channel": "cash", "document_no": "บจ 9/2569", "amount": "4.00"}
    given = await treasurer.post(f"/v1/loans/{loan['id']}/advance-refunds", refund)
    assert given.status_code == 201, given.text
    assert await listed() == []


async def test_an_officer_takes_the_receipts_away_as_a_file_only_with_the_right_to_export(
    treasurer: Caller, loan: dict[str, Any]
) -> None:
    await treasurer.post("/v1/repayments", slip(loan))
    refused = await treasurer.request("GET", "/v1/repayments", headers={"Accept": "text/csv"})
    assert refused.status_code == 403
    exporter = treasurer.only(frozenset({"loans:read", "export"}))
    file = await exporter.request("GET", "/v1/repayments", headers={"Accept": "text/csv"})
    assert "ร 101/2569" in file.text
    loans = await exporter.request("GET", "/v1/loans", headers={"Accept": "text/csv"})
    assert "100000.00" in loans.text


async def test_who_may_only_read_records_nothing(treasurer: Caller, loan: dict[str, Any]) -> None:
    reader = treasurer.only(frozenset({"loans:read"}))
    assert (await reader.post("/v1/repayments", slip(loan))).status_code == 403
    nobody = treasurer.only(frozenset(SCOPES) - {"loans:read"})
    assert (await nobody.get("/v1/repayments")).status_code == 403
    assert (
        date.fromisoformat((await reader.get(f"/v1/loans/{loan['id']}")).json()["contract_date"]) == today()
    )
