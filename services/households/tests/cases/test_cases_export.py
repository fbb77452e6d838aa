"""The list of target cases as a file: what, for whom, and that it is recorded."""

import csv
import io
from typing import Any

import openpyxl

from households.cases.export import CASES
from shared.db import Database
from shared.exports import CSV, XLSX
from shared.testing.caller import Caller
from shared.testing.look import rows

from .conftest import Story


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def export(caller: Caller, kind: str = CSV, language: str = "en", **filters: Any) -> Any:
    headers = {"Accept": kind, "Accept-Language": language}
    return await caller.may("export").request("GET", "/v1/cases", headers=headers, params=filters)


async def test_a_csv_of_cases_holds_all_that_the_filters_leave(story: Story) -> None:
    proposed, found = await story.proposed(), await story.found()
    answer = await export(story.team, limit=1)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    assert {row["id"]: row["state"] for row in table(answer.text)} == {proposed: "proposed", found: "found"}
    (only,) = table((await export(story.team, state="proposed")).text)
    assert (only["id"], only["developable"], only["appealed"]) == (proposed, "true", "false")


async def test_a_file_of_cases_has_every_field_of_the_list_under_thai_headings(story: Story) -> None:
    case_id = await story.found()
    (listed,) = (await story.team.get("/v1/cases")).json()["items"]
    assert set(CASES.columns) == set(listed)
    (row,) = table((await export(story.team, language="th")).text)
    assert (row["รหัสครัวเรือนเป้าหมาย"], row["สถานะ"]) == (case_id, "found")


async def test_a_spreadsheet_of_cases_holds_the_list(story: Story) -> None:
    case_id = await story.found()
    sheet = openpyxl.load_workbook(io.BytesIO((await export(story.team, XLSX)).content)).active
    assert sheet is not None
    header, row = sheet.values
    assert dict(zip(header, row, strict=True))["id"] == case_id


async def test_who_may_read_cases_may_not_yet_take_them_away(story: Story) -> None:
    answer = await story.team.request("GET", "/v1/cases", headers={"Accept": CSV})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_file_of_cases_ends_at_the_callers_areas_and_leaves_an_audit_row(
    story: Story, database: Database
) -> None:
    await story.found()
    assert table((await export(story.team.where("3419"))).text) == []
    assert len(table((await export(story.team, area="3411")).text)) == 1
    told = await rows(database, "SELECT detail FROM audit WHERE action = 'case.export' ORDER BY at")
    assert [row["detail"] for row in told][-1] is not None
    assert len(told) == 2
