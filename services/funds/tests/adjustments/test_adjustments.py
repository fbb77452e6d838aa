"""Entries written by hand: one person proposes, another posts; control accounts are out of reach."""

import asyncio
from typing import Any

import pytest

from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller
from tests.factories import a_fund

PAPER: dict[str, Any] = {
    "kind": "expense",
    "business_date": "2025-03-01",
    "document_no": "บส 1/2568",
    "memo": "ค่ากระดาษ",
    "lines": [{"account": "5300", "debit": "200.00"}, {"account": "1010", "credit": "200.00"}],
}


NOT_BY_HAND = "account_not_by_hand"


def by_hand(kind: str, *lines: str, **other: Any) -> dict[str, Any]:
    """Return the entry with another kind and lines, each "account debit credit"."""
    given = [dict(zip(("account", "debit", "credit"), line.split(), strict=True)) for line in lines]
    return {**PAPER, "kind": kind, **({"lines": given} if lines else {}), **other}


@pytest.fixture
def treasurer(officer: Caller) -> Caller:
    return officer.only({"ledgers:read", "ledgers:write"}).named("user:treasurer")


@pytest.fixture
def chair(officer: Caller) -> Caller:
    return officer.only({"ledgers:read", "ledgers:write", "funds:approve"}).named("user:chair")


@pytest.fixture
async def path(database: Database) -> str:
    """Name the books of a women's fund with 280,000.00 baht in the bank."""
    async with database.transaction() as session:
        fund = await a_fund(session, capital=28_000_000)
    return f"/v1/ledgers/{fund.id}"


async def test_an_expense_is_booked_when_a_second_person_posts_it(
    treasurer: Caller, chair: Caller, path: str
) -> None:
    made = await treasurer.post(f"{path}/adjustments", PAPER)
    assert made.status_code == 201, made.text
    adjustment = made.json()
    assert (adjustment["state"], adjustment["journal_id"], made.headers["etag"]) == ("proposed", None, '"1"')
    assert (await treasurer.get(path)).json()["cash"] == "280000.00"
    own = await treasurer.may("funds:approve").post(
        f"{made.headers['location']}/decision", {"decision": "post"}
    )
    assert (own.status_code, own.json()["code"]) == (403, "own_adjustment")
    done = (await chair.post(f"{made.headers['location']}/decision", {"decision": "post"})).json()
    assert (done["state"], done["proposed_by"], done["decided_by"]) == (
        "posted",
        "user:treasurer",
        "user:chair",
    )
    journal = (await treasurer.get(f"{path}/journals/{done['journal_id']}")).json()
    assert (journal["kind"], journal["document_no"], journal["actor"]) == (
        "expense",
        "บส 1/2568",
        "user:chair",
    )
    assert (await treasurer.get(path)).json()["cash"] == "279800.00"
    again = await chair.named("user:third").post(
        f"{made.headers['location']}/decision", {"decision": "reject"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "adjustment_decided")


async def test_a_rejected_entry_is_never_booked(treasurer: Caller, chair: Caller, path: str) -> None:
    made = (await treasurer.post(f"{path}/adjustments", PAPER)).json()
    decision = f"{path}/adjustments/{made['id']}/decision"
    silent = await chair.post(decision, {"decision": "reject"})
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_missing")
    answer = await chair.post(decision, {"decision": "reject", "reason": "ไม่มีใบเสร็จ"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("rejected", "ไม่มีใบเสร็จ")
    assert (await treasurer.get(path)).json()["cash"] == "280000.00"
    listed = (await treasurer.get(f"{path}/adjustments", state="rejected", count="true")).json()
    assert ([one["id"] for one in listed["items"]], listed["total"]) == ([made["id"]], 1)
    assert (await treasurer.get(f"{path}/adjustments", state="proposed")).json()["items"] == []


async def test_what_was_written_by_hand_is_reversed_by_two_persons(
    treasurer: Caller, chair: Caller, path: str
) -> None:
    made = (await treasurer.post(f"{path}/adjustments", PAPER)).json()
    done = (await chair.post(f"{path}/adjustments/{made['id']}/decision", {"decision": "post"})).json()
    journal = f"{path}/journals/{done['journal_id']}"
    body = {"business_date": "2025-03-02", "memo": "ลงซ้ำ"}
    early = await treasurer.post(f"{journal}/reversal", {**body, "business_date": "2025-02-28"})
    assert (early.status_code, early.json()["code"]) == (422, "reversal_before_entry")
    undo = await treasurer.post(f"{journal}/reversal", body)
    assert undo.status_code == 201, undo.text
    assert undo.json()["lines"][0] == {"account": "5300", "debit": "0.00", "credit": "200.00"}
    undone = (await chair.post(f"{undo.headers['location']}/decision", {"decision": "post"})).json()
    assert (await treasurer.get(journal)).json()["reversed_by"] == undone["journal_id"]
    assert (await treasurer.get(path)).json()["cash"] == "280000.00"
    again = await treasurer.post(f"{journal}/reversal", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_reversed")


async def test_what_came_from_elsewhere_is_not_reversed_by_hand(treasurer: Caller, path: str) -> None:
    (capital,) = (await treasurer.get(f"{path}/journals")).json()["items"]
    body = {"business_date": "2025-03-02", "memo": "ลงซ้ำ"}
    answer = await treasurer.post(f"{path}/journals/{capital['id']}/reversal", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_by_hand")
    answer = await treasurer.post(f"{path}/journals/{uuid7()}/reversal", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "journal_not_found")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (by_hand("adjustment", "1100 5.00 0.00", "1010 0.00 5.00"), NOT_BY_HAND, "/lines/0/account"),
        (by_hand("adjustment", "1010 5.00 0.00", "3100 0.00 5.00"), NOT_BY_HAND, "/lines/1/account"),
        (by_hand("adjustment", "5500 5.00 0.00", "1010 0.00 5.00"), "account_not_kept", "/lines/0/account"),
        (by_hand("transfer", "5300 5.00 0.00", "1010 0.00 5.00"), "not_of_its_kind", "/lines"),
        (by_hand("expense", "1000 5.00 0.00", "1010 0.00 5.00"), "not_of_its_kind", "/lines"),
        (by_hand("expense", "5300 5.00 0.00", "1010 0.00 4.00"), "unbalanced_entry", "/lines"),
        (by_hand("expense", "5300 5.00 5.00", "1010 0.00 0.00"), "not_of_its_kind", "/lines"),
        (by_hand("adjustment", "5300 5.00 5.00", "1010 0.00 0.00"), "line_not_valid", "/lines/0"),
        (by_hand("expense", business_date="2099-01-01"), "entry_in_future", "/business_date"),
        (by_hand("closing"), "invalid_request", "/kind"),
        (by_hand("expense", "5300 5 0.00", "1010 0.00 5.00"), "invalid_request", "/lines/0/debit"),
        (by_hand("expense", memo="บัตร 1101700203450"), "invalid_request", "/memo"),
    ],
)  # fmt: skip
async def test_an_entry_that_cannot_be_is_not_even_proposed(
    treasurer: Caller, path: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await treasurer.post(f"{path}/adjustments", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_transfer_between_cash_and_bank_is_an_entry_of_its_own(
    treasurer: Caller, chair: Caller, path: str
) -> None:
    body = by_hand("transfer", "1000 500.00 0.00", "1010 0.00 500.00")
    made = (await treasurer.post(f"{path}/adjustments", body)).json()
    await chair.post(f"{path}/adjustments/{made['id']}/decision", {"decision": "post"})
    rows = (await treasurer.get(f"{path}/trial-balance")).json()["rows"]
    assert {row["account"]: row["balance"] for row in rows} == {
        "1000": "500.00",
        "1010": "279500.00",
        "3000": "280000.00",
    }


async def test_more_than_there_is_cannot_be_posted_and_stays_proposed(
    treasurer: Caller, chair: Caller, path: str
) -> None:
    body = by_hand("expense", "5300 280000.01 0.00", "1010 0.00 280000.01")
    made = (await treasurer.post(f"{path}/adjustments", body)).json()
    answer = await chair.post(f"{path}/adjustments/{made['id']}/decision", {"decision": "post"})
    assert (answer.status_code, answer.json()["code"]) == (409, "over_capital")
    assert (await treasurer.get(f"{path}/adjustments/{made['id']}")).json()["state"] == "proposed"


async def test_a_closed_fund_stays_empty(treasurer: Caller, chair: Caller, database: Database) -> None:
    async with database.transaction() as session:
        fund = await a_fund(session)
    path = f"/v1/ledgers/{fund.id}"
    found = by_hand("adjustment", "1000 5.00 0.00", "4900 0.00 5.00")
    waits = (await treasurer.post(f"{path}/adjustments", found)).json()
    closing = {"state": "closed", "reason": "ยุบกองทุน"}
    closed = await chair.post(f"/v1/funds/{fund.id}/state", closing)
    assert closed.status_code == 200, closed.text
    late = await chair.post(f"{path}/adjustments/{waits['id']}/decision", {"decision": "post"})
    assert (late.status_code, late.json()["code"]) == (409, "fund_not_active")
    more = await treasurer.post(f"{path}/adjustments", found)
    assert (more.status_code, more.json()["code"]) == (409, "fund_not_active")
    reject = {"decision": "reject", "reason": "ปิดกองทุนแล้ว"}
    away = await chair.post(f"{path}/adjustments/{waits['id']}/decision", reject)
    assert (away.status_code, away.json()["state"]) == (200, "rejected")
    assert (await treasurer.get(path)).json()["cash"] == "0.00"


async def test_of_decisions_at_once_one_counts(treasurer: Caller, chair: Caller, path: str) -> None:
    made = (await treasurer.post(f"{path}/adjustments", PAPER)).json()
    address = f"{path}/adjustments/{made['id']}/decision"
    answers = await asyncio.gather(
        *(chair.named(f"user:{number}").post(address, {"decision": "post"}) for number in range(6))
    )
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    assert (await treasurer.get(path)).json()["cash"] == "279800.00"


async def test_an_id_made_by_the_client_is_taken_once(treasurer: Caller, path: str) -> None:
    body = {**PAPER, "id": str(uuid7())}
    assert (await treasurer.post(f"{path}/adjustments", body)).status_code == 201
    again = await treasurer.post(f"{path}/adjustments", body)
    assert (again.status_code, again.json()["code"]) == (409, "adjustment_exists")
    missing = await treasurer.get(f"{path}/adjustments/{uuid7()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "adjustment_not_found")
