"""Eligible households as a file: what, for whom, and that it is recorded."""

import csv
import io
from datetime import UTC, date, datetime
from uuid import UUID

import openpyxl
import pytest
from httpx import Response

from funds.known_households import service
from funds.known_households.export import ELIGIBLE
from funds.known_households.rules import CaseFact, Status
from shared.db import Database
from shared.exports import CSV, XLSX
from shared.testing.caller import Caller
from shared.testing.look import rows

NOW = datetime(2026, 1, 5, tzinfo=UTC)
HERE, THERE = "34110209", "10010101"
PATH = "/v1/funds/eligible-households"


@pytest.fixture
async def households(database: Database) -> list[str]:
    """Certify many households here, more than are read at once, and one elsewhere."""
    here = [UUID(int=at) for at in range(1, 4502)]
    async with database.transaction() as session:
        facts = [
            CaseFact(UUID(int=at + 10_000), 4, UUID(int=at), HERE, date(2026, 1, 5)) for at in range(1, 4502)
        ]
        elsewhere = CaseFact(UUID(int=9), 4, UUID(int=9_999), THERE, date(2026, 1, 5))
        await service.set_cases(session, [*facts, elsewhere], now=NOW)
    return [str(one) for one in here]


def table(answer: Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def export(caller: Caller, accept: str = CSV, language: str = "en") -> Response:
    headers = {"Accept": accept, "Accept-Language": language}
    return await caller.may("export").request("GET", PATH, headers=headers)


async def test_a_file_holds_every_eligible_household_once_however_many(
    officer: Caller, households: list[str]
) -> None:
    assert [row["household_id"] for row in table(await export(officer))] == households
    book = openpyxl.load_workbook(io.BytesIO((await export(officer, XLSX)).content), read_only=True)
    assert [row[0] for row in book.worksheets[0].values][1:] == households


async def test_a_file_has_every_field_of_the_list_under_thai_headings(
    officer: Caller, database: Database
) -> None:
    told = Status(UUID(int=1), 2, HERE, UUID(int=3), 2565, ("income", "living"), 2, 1, "under_38000")
    async with database.transaction() as session:
        await service.set_status(session, [told], now=NOW)
        await service.set_cases(
            session, [CaseFact(UUID(int=2), 4, UUID(int=1), HERE, date(2026, 1, 5))], now=NOW
        )
    (listed,) = (await officer.get(PATH)).json()["items"]
    assert set(ELIGIBLE.columns) == set(listed)
    (row,) = table(await export(officer, language="th"))
    assert (row["มิติที่ขาดแคลน"], row["วันที่รับรอง"]) == ("income; living", "2026-01-05")
    assert row["อยู่ในทะเบียนครัวเรือนเป้าหมาย"] == "true"


async def test_who_may_read_the_list_may_not_yet_take_it_away(officer: Caller) -> None:
    answer = await officer.request("GET", PATH, headers={"Accept": CSV})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.usefixtures("households")
async def test_a_file_ends_at_the_callers_areas_and_leaves_an_audit_row(
    officer: Caller, database: Database
) -> None:
    assert table(await export(officer.where())) == []
    assert len(table(await export(officer.where("10")))) == 1
    told = await rows(database, "SELECT actor FROM audit WHERE action = 'eligible_household.export'")
    assert [row["actor"] for row in told] == ["user:tester"] * 2
