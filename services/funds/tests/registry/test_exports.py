"""Lists of funds and of what they keep, as files: whole, in Thai, recorded, and only with the right to."""

import csv
import io

import openpyxl
import pytest
from httpx import Response

from shared.db import Database
from shared.exports import CSV, XLSX
from shared.testing.caller import Caller
from shared.testing.look import rows
from tests.factories import a_committee_member, a_fund, a_member

PATHS = ["", "/{}/members", "/{}/committee", "/{}/capital"]


@pytest.fixture
async def fund_id(database: Database) -> str:
    """Make a fund with capital, a committee member and a member, and one of a neighbour."""
    async with database.transaction() as session:
        fund = await a_fund(session, area_code="341902", capital=28_000_001)
        await a_member(session, fund, name="=cmd()", phone="0812345678")
        await a_committee_member(session, fund)
        await a_fund(session, area_code="341501")
    return str(fund.id)


async def taken(caller: Caller, path: str, accept: str = CSV, language: str = "en") -> Response:
    headers = {"Accept": accept, "Accept-Language": language}
    return await caller.where("3419").may("export").request("GET", path, headers=headers)


@pytest.mark.parametrize("path", PATHS)
async def test_a_list_is_taken_away_whole_with_a_row_in_the_audit(
    officer: Caller, fund_id: str, database: Database, path: str
) -> None:
    address = "/v1/funds" + path.format(fund_id)
    answer = await taken(officer, address)
    assert answer.status_code == 200, answer.text
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 1
    book = openpyxl.load_workbook(io.BytesIO((await taken(officer, address, XLSX)).content))
    assert book.worksheets[0].max_row == 2
    recorded = await rows(database, "SELECT detail::text FROM audit WHERE action LIKE '%.export'")
    assert len(recorded) == 2


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_takes_a_list_away_without_the_right_to(
    officer: Caller, fund_id: str, path: str
) -> None:
    answer = await officer.request("GET", "/v1/funds" + path.format(fund_id), headers={"Accept": CSV})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_file_of_members_has_no_phone_and_no_formula(officer: Caller, fund_id: str) -> None:
    (member,) = csv.DictReader(io.StringIO((await taken(officer, f"/v1/funds/{fund_id}/members")).text))
    assert member["name"] == "'=cmd()"
    assert "5678" not in "".join(member.values())


async def test_amounts_are_in_baht_and_headings_in_thai(officer: Caller, fund_id: str) -> None:
    answer = await taken(officer, f"/v1/funds/{fund_id}/capital", language="th")
    (given,) = csv.DictReader(io.StringIO(answer.text))
    assert given["จำนวนเงิน (บาท)"] == "280000.01"
