"""Lists of households: pages, filters, mirrors, files; and how many statements a request costs."""

import asyncio
import csv
import io
from typing import Any

import asyncpg
import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from households.registry.export import HOUSEHOLDS
from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

VILLAGES = ("34110201", "34110202", "34110301")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def eleven(officer: Caller) -> list[str]:
    """Eleven households in three villages, in the order of the list."""
    made = []
    for number in range(11):
        body = {
            "village_code": VILLAGES[number % 3],
            "house_no": f"{number}/1" if number else "=1+1",
            "members": [{"relation": "head", "person": {"first_name": "มานะ", "last_name": "ใจดี"}}],
        }
        answer = (await officer.post("/v1/households", body)).json()
        made.append((answer["village_code"], answer["id"]))
    return [household for _, household in sorted(made)]


async def listed(caller: Caller, **filters: Any) -> list[str]:
    answer = await caller.get("/v1/households", **filters)
    assert answer.status_code == 200, answer.text
    return [household["id"] for household in answer.json()["items"]]


@pytest.mark.parametrize("limit", [1, 3, 10, 11, 50])
async def test_pages_of_any_size_are_the_whole_list_once_each(
    officer: Caller, eleven: list[str], limit: int
) -> None:
    seen: list[str] = []
    path = f"/v1/households?limit={limit}"
    while True:
        answer = await officer.request("GET", path)
        seen += [household["id"] for household in answer.json()["items"]]
        if "link" not in answer.headers:
            break
        path = answer.headers["link"].partition(">")[0].removeprefix("<")
    assert seen == eleven
    assert answer.json()["next"] is None


async def test_a_household_added_while_paging_shifts_no_other(officer: Caller, eleven: list[str]) -> None:
    first = (await officer.get("/v1/households", limit=5)).json()
    body = {
        "village_code": VILLAGES[0],
        "members": [{"relation": "head", "person": {"first_name": "มานี", "last_name": "ใจดี"}}],
    }
    await officer.post("/v1/households", body)
    rest = await listed(officer, limit=50, cursor=first["next"])
    assert [household["id"] for household in first["items"]] + [
        one for one in rest if one in eleven
    ] == eleven


async def test_an_area_matches_its_code_and_all_below(officer: Caller, eleven: list[str]) -> None:
    assert await listed(officer, area="34") == eleven
    assert await listed(officer, area="341102") == eleven[:8]
    assert await listed(officer, area="34110301") == eleven[8:]
    assert await listed(officer, area="3419") == []


async def test_a_callers_areas_may_be_several_villages(officer: Caller, eleven: list[str]) -> None:
    assert await listed(officer.where("34110201", "34110301")) == eleven[:4] + eleven[8:]


async def test_a_count_counts_only_what_the_caller_sees(officer: Caller, eleven: list[str]) -> None:
    answer = await officer.where("341103").get("/v1/households", count="true", limit=1)
    assert answer.json()["total"] == len(eleven[8:])


async def test_house_numbers_are_found_by_their_beginning(officer: Caller, eleven: list[str]) -> None:
    assert len(await listed(officer, q="๑")) == 2  # 1/1 and 10/1
    assert await listed(officer, q="%") == []
    assert eleven
    wide = await officer.where("34").get("/v1/households", q="1")
    assert [error["code"] for error in wide.json()["errors"]] == ["area_required"]
    assert len(await listed(officer.where("34"), q="1", area="3411")) == 2


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("area=341", 422, "invalid_request"),
        ("area=3411%27--", 422, "invalid_request"),
        ("colour=red", 422, "unknown_parameter"),
        ("origin=moon", 422, "invalid_request"),
        ("limit=0", 422, "invalid_request"),
        ("cursor=AAAA", 400, "invalid_cursor"),
        ("updated_since=2026-01-01T00:00:00", 422, "invalid_request"),  # no offset
    ],
)
async def test_what_is_not_a_filter_is_refused(officer: Caller, query: str, status: int, code: str) -> None:
    answer = await officer.request("GET", f"/v1/households?{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_mirror_asks_only_for_what_changed(officer: Caller, eleven: list[str]) -> None:
    last = (await officer.get(f"/v1/households/{eleven[3]}")).json()
    later = (await officer.patch(f"/v1/households/{eleven[3]}", {"house_no": "99"}, if_match='"1"')).json()
    assert later["updated_at"] > last["updated_at"]
    assert await listed(officer, updated_since=later["updated_at"]) == [eleven[3]]


async def test_a_csv_holds_the_whole_list_and_no_formula(
    officer: Caller, eleven: list[str], database: Database
) -> None:
    accept = {"Accept": "text/csv", "Accept-Language": "en"}
    refused = await officer.request("GET", "/v1/households", headers=accept)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    answer = await officer.may("export").request("GET", "/v1/households?limit=2", headers=accept)
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["id"] for row in table] == eleven
    assert "'=1+1" in [row["house_no"] for row in table]
    (audited,) = await rows(database, "SELECT * FROM audit WHERE action = 'household.export'")
    assert audited["actor"] == "user:tester"


async def test_a_csv_for_excel_begins_with_a_byte_order_mark_and_thai_headings(officer: Caller) -> None:
    answer = await officer.may("export").request(
        "GET", "/v1/households", headers={"Accept": "text/csv; bom=1"}
    )
    assert answer.text.startswith("\ufeffรหัสครัวเรือนในระบบ,รหัสประจำบ้าน,บ้านเลขที่,")


async def test_a_file_has_every_field_of_the_list(officer: Caller, eleven: list[str]) -> None:
    (listed, *_) = (await officer.get("/v1/households", limit=1)).json()["items"]
    assert (set(HOUSEHOLDS.columns), listed["id"]) == (set(listed), eleven[0])


async def test_more_exports_at_once_than_connections_all_come_to_their_end(
    officer: Caller, eleven: list[str], app: FastAPI
) -> None:
    exporter, headers = officer.may("export"), {"Accept": "text/csv"}
    at_once = app.state.settings.pool_size * 3
    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *(exporter.request("GET", "/v1/households", headers=headers) for _ in range(at_once))
        )
    assert {answer.text.count("\r\n") for answer in answers} == {len(eleven) + 1}


async def test_a_spreadsheet_holds_the_whole_list_and_no_formula(officer: Caller, eleven: list[str]) -> None:
    answer = await officer.may("export").request("GET", "/v1/households", headers={"Accept": XLSX})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    table = list(sheet.values)
    assert [row[0] for row in table[1:]] == eleven
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


@pytest.fixture
def statements(app: FastAPI) -> list[str]:
    """Collect every statement that the app sends, whichever way."""
    seen: list[str] = []

    def connected(dbapi_connection: Any, _record: Any) -> None:
        connection: asyncpg.Connection = dbapi_connection.driver_connection
        connection.add_query_logger(lambda query: seen.append(query.query))

    event.listen(app.state.database.engine.sync_engine, "connect", connected)
    return seen


async def test_a_page_costs_one_statement_a_household_two_and_a_registration_three(
    statements: list[str], officer: Caller, eleven: list[str]
) -> None:
    def work() -> list[str]:
        return [query for query in statements if not query.startswith(("BEGIN", "COMMIT"))]

    body = {
        "village_code": VILLAGES[0],
        "members": [{"relation": "head", "person": {"first_name": "มานี", "last_name": "ใจดี"}}],
    }
    for method, path, most in (
        ("GET", "/v1/households", 1),
        ("GET", f"/v1/households/{eleven[0]}", 2),  # household with members, audit row
        ("POST", "/v1/households", 3),  # village, 7 rows at once, household with members for the answer
    ):
        await officer.request(method, path, json=body if method == "POST" else None)  # connects
        statements.clear()
        answer = await officer.request(method, path, json=body if method == "POST" else None)
        assert answer.is_success
        assert len(work()) == most, work()
