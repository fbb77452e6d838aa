"""Books over HTTP, as an auditor reads them: from a figure down to the document."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi.routing import APIRoute
from openpyxl import load_workbook

from funds.app import ROUTERS
from funds.ledger.showing import DOCUMENTS
from shared import clock
from shared.db import Database
from shared.ids import uuid7
from shared.testing.caller import Caller

Books = Any  # the fixture of conftest.py


@pytest.fixture
def auditor(officer: Caller) -> Caller:
    """Call as an auditor of the province."""
    return officer.only({"ledgers:read", "loans:read", "export"})


@pytest.fixture
async def fund(database: Database, books: Books) -> tuple[UUID, UUID]:
    """Lend 50,000.00, be repaid twice and undo the second; return the ids of fund and loan."""
    async with database.transaction() as session:
        fund_id, loan_id = await books.fund(session), uuid7()
        await books.post(
            session, fund_id, books.disbursement(5_000_000, loan_id=loan_id, on=date(2023, 1, 2))
        )
        first = books.repayment(30_000, 800, loan_id=loan_id, on=date(2023, 2, 1))
        await books.post(session, fund_id, replace(first, document_no="R-1"))
        paid = await books.post(session, fund_id, books.repayment(40_000, loan_id=loan_id))
        await books.reverse(session, fund_id, paid.journal_id)
    return fund_id, loan_id


async def get(caller: Caller, path: str, **query: Any) -> Any:
    answer = await caller.get(f"/v1/ledgers{path}", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_trial_balance_is_of_any_day_and_its_sides_are_equal(
    auditor: Caller, fund: tuple[UUID, UUID]
) -> None:
    now = await get(auditor, f"/{fund[0]}/trial-balance")
    rows = {row["account"]: row for row in now["rows"]}
    assert now["debit"] == now["credit"]
    assert rows["1010"]["balance"] == "230000.00"
    assert rows["1100"] == {
        "account": "1100",
        "name": {"th": "ลูกหนี้เงินยืม", "en": "Loans"},
        "type": "asset",
        "debit": "50400.00",
        "credit": "700.00",
        "balance": "49700.00",
    }
    assert (rows["3000"]["balance"], rows["4000"]["balance"]) == ("280000.00", "8.00")
    before = await get(auditor, f"/{fund[0]}/trial-balance", on="2023-02-28")
    assert [row["account"] for row in before["rows"]] == ["1000", "1010", "1100", "4000"]
    assert (await get(auditor, f"/{fund[0]}/trial-balance", on="2022-12-31"))["rows"] == []


async def test_six_lines_say_how_a_fund_stands(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    lines = await get(auditor, f"/{fund[0]}/summary", on="2023-03-15")
    assert {name: lines[name] for name in ("money", "loans", "owed", "capital", "surplus", "result")} == {
        "money": "230308.00",
        "loans": "49700.00",
        "owed": "0.00",
        "capital": "280000.00",
        "surplus": "0.00",
        "result": "8.00",
    }


async def test_a_figure_is_followed_down_to_its_receipt(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    fund_id, loan_id = fund
    lines = (await get(auditor, f"/{fund_id}/accounts/1100/lines", kind="repayment"))["items"]
    assert [(line["debit"], line["credit"], line["balance"]) for line in lines] == [
        ("0.00", "300.00", "49700.00"),
        ("0.00", "400.00", "49300.00"),
        ("400.00", "0.00", "49700.00"),
    ]
    journal = await get(auditor, f"/{fund_id}/journals/{lines[0]['journal_id']}")
    assert (journal["document_kind"], journal["document_no"]) == ("receipt", "R-1")
    assert [(line["account"], line["debit"], line["credit"]) for line in journal["lines"]] == [
        ("1000", "308.00", "0.00"),
        ("1100", "0.00", "300.00"),
        ("4000", "0.00", "8.00"),
    ]
    undone = await get(auditor, f"/{fund_id}/journals/{lines[1]['journal_id']}")
    assert undone["reversed_by"] == lines[2]["journal_id"]
    assert await get(auditor, f"/{fund_id}/loans/{loan_id}/statement") == await get(
        auditor, f"/{fund_id}/accounts/1100/lines"
    )
    by_number = await get(auditor, f"/{fund_id}/journals", document_no="R-1")
    assert [one["id"] for one in by_number["items"]] == [journal["id"]]
    of_document = await get(auditor, f"/{fund_id}/journals", document_id=undone["document_id"])
    assert [one["kind"] for one in of_document["items"]] == ["repayment", "reversal"]


async def test_the_cash_book_shows_cash_and_bank_with_their_balances(
    auditor: Caller, fund: tuple[UUID, UUID]
) -> None:
    lines = (await get(auditor, f"/{fund[0]}/cash-book"))["items"]
    assert [(line["business_date"], line["account"], line["balance"]) for line in lines] == [
        ("2023-01-02", "1010", "-50000.00"),
        ("2023-02-01", "1000", "308.00"),
        ("2023-03-15", "1010", "230000.00"),
        ("2023-03-15", "1000", "708.00"),
        ("2023-03-15", "1000", "308.00"),
    ]
    later = await get(auditor, f"/{fund[0]}/cash-book", **{"from": "2023-02-01", "to": "2023-02-28"})
    assert [line["balance"] for line in later["items"]] == ["308.00"]


async def test_lists_go_on_where_they_stopped(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    for path, places in (
        ("journals", ("number",)),
        ("cash-book", ("number", "line_no")),
        ("accounts/1100/lines", ("number",)),
    ):
        whole = await get(auditor, f"/{fund[0]}/{path}", count="true")
        seen, query = [], {"limit": "2"}
        while True:
            page = await get(auditor, f"/{fund[0]}/{path}", **query)
            seen += page["items"]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        assert seen == whole["items"]
        assert whole["total"] == len(seen) > 2
        assert len({tuple(one[name] for name in places) for one in seen}) == len(seen)


async def test_the_books_of_an_area_tell_what_each_fund_has_and_who_is_silent(
    auditor: Caller, database: Database, fund: tuple[UUID, UUID], books: Books
) -> None:
    async with database.transaction() as session:
        fresh = await books.fund(session, capital=0, area="34150104", kind="savings")
        today = clock.business_date(clock.now())
        today_books = replace(books, now=clock.now(), today=today)
        await today_books.post(session, fresh, today_books.capital(500))
    everything = await get(auditor, "", area="3415", count="true")
    assert [(one["area_code"], one["available"]) for one in everything["items"]] == [
        ("34150103", "230308.00"),
        ("34150104", "5.00"),
    ]
    assert everything["total"] == 2
    silent = await get(auditor, "", stale_days="30")
    assert [one["fund_id"] for one in silent["items"]] == [str(fund[0])]
    assert [one["fund_id"] for one in (await get(auditor, "", kind="savings"))["items"]] == [str(fresh)]
    first = await get(auditor, "", limit="1")
    assert (await get(auditor, "", limit="1", cursor=first["next"]))["items"] == everything["items"][1:]
    days = (today - date(2023, 3, 15)).days
    assert [
        one["fund_id"] for one in (await get(auditor, "", stale_days=str(min(days, 3650))))["items"]
    ] == []
    assert (await get(auditor, f"/{fund[0]}"))["last_number"] == 5


async def test_lists_are_taken_away_as_files_with_amounts_in_baht(
    auditor: Caller, fund: tuple[UUID, UUID]
) -> None:
    path = f"/v1/ledgers/{fund[0]}"
    answer = await auditor.request("GET", f"{path}/accounts/1100/lines", headers={"Accept": "text/csv"})
    table = list(csv.reader(io.StringIO(answer.text)))
    assert table[0][:3] == ["วันที่", "เลขที่รายการ", "บรรทัด"]
    assert [row[9] for row in table[1:]] == ["50000.00", "49700.00", "49300.00", "49700.00"]
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = await auditor.request("GET", f"{path}/journals", headers={"Accept": sheet})
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert len(rows) == 6
    refused = await auditor.only({"ledgers:read"}).request(
        "GET", f"{path}/cash-book", headers={"Accept": "text/csv"}
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_debts_of_a_loan_need_the_right_to_see_loans(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    answer = await auditor.only({"ledgers:read"}).get(f"/v1/ledgers/{fund[0]}/loans/{fund[1]}/statement")
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_what_is_not_there_is_refused_by_name(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    for path, status, code in (
        (f"/{uuid7()}", 404, "books_not_found"),
        (f"/{fund[0]}/journals/{uuid7()}", 404, "journal_not_found"),
        (f"/{fund[0]}/accounts/7777/lines", 422, "invalid_request"),
        (f"/{fund[0]}/journals?kind=gift", 422, "invalid_request"),
        (f"/{fund[0]}/cash-book?from=2023-02-01&to=2023-01-31", 422, "invalid_request"),
        (f"/{fund[0]}/cash-book?colour=red", 422, "unknown_parameter"),
    ):
        answer = await auditor.request("GET", f"/v1/ledgers{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


async def test_a_fund_keeps_the_accounts_of_its_kind(auditor: Caller, fund: tuple[UUID, UUID]) -> None:
    accounts = {one["code"]: one for one in await get(auditor, f"/{fund[0]}/accounts")}
    assert "2200" not in accounts
    assert accounts["1100"]["control"] == "loan"


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_the_documents_of_journals_are_read_at_addresses_that_there_are(kind: str) -> None:
    paths = {
        re.sub(r"{\w+}", "{}", route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    address = re.sub(r"{\w+}", "{}", DOCUMENTS[kind])
    if not any(path.startswith("/".join(address.split("/")[:3])) for path in paths):
        pytest.skip(f"nothing of {kind} is served yet")
    assert address in paths


async def test_a_journal_names_the_address_of_its_document(
    auditor: Caller, database: Database, books: Books
) -> None:
    async with database.transaction() as session:
        fund_id, loan_id = await books.fund(session), uuid7()
        lent = replace(books.disbursement(100, loan_id=loan_id), document_kind="loan_disbursement")
        paid = replace(books.repayment(50, loan_id=loan_id), document_kind="repayment")
        made = [await books.post(session, fund_id, entry) for entry in (lent, paid, books.expense(1))]
    found = [(await get(auditor, f"/{fund_id}/journals/{one.journal_id}"))["document"] for one in made]
    assert found == [f"/v1/loans/{loan_id}/disbursements", f"/v1/repayments/{paid.document_id}", None]
