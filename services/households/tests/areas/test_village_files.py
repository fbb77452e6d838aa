"""Villages from a CSV or XLSX file: what is taken, and what refuses the whole file."""

import io
from typing import Any

import openpyxl
import pytest

from shared.testing.caller import Caller

GOOD = "code,name_th,name_en,lat,lon\r\n34110209,โนนงาม,Non Ngam,15.3,105.1\r\n34110210,โนนกุง,,,\r\n"


async def send(caller: Caller, data: bytes, name: str = "villages.csv") -> Any:
    return await caller.request("POST", "/v1/areas/villages/file", files={"file": (name, data)})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
async def test_villages_of_a_csv_are_added_whatever_its_encoding(officer: Caller, encoding: str) -> None:
    answer = await send(officer, GOOD.encode(encoding))
    assert answer.json() == {"added": 2, "changed": 0, "unchanged": 0}
    village = (await officer.get("/v1/areas/34110209")).json()
    assert (village["name"], village["lat"]) == ({"th": "โนนงาม", "en": "Non Ngam"}, 15.3)
    assert (await officer.get("/v1/areas/34110210")).json()["lat"] is None


async def test_a_malformed_key_is_refused_before_the_file_is_read(officer: Caller) -> None:
    files, headers = {"file": ("villages.csv", GOOD.encode())}, {"Idempotency-Key": "two words"}
    answer = await officer.request("POST", "/v1/areas/villages/file", files=files, headers=headers)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["?Idempotency-Key"]


async def test_the_same_file_again_changes_nothing(officer: Caller) -> None:
    await send(officer, GOOD.encode())
    assert (await send(officer, GOOD.encode())).json() == {"added": 0, "changed": 0, "unchanged": 2}


async def test_villages_of_a_spreadsheet_are_added(officer: Caller) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["code", "name_th", "lat", "lon"], ["34110209", "โนนงาม", 15.3, 105.1], [34110210, "โนนกุง"]):
        book.active.append(row)
    book.save(out)
    assert (await send(officer, out.getvalue(), "villages.xlsx")).json()["added"] == 2


async def test_a_village_of_another_area_refuses_the_file(officer: Caller) -> None:
    answer = await send(officer.where("34110210"), GOOD.encode())
    assert answer.status_code == 403
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/villages/0/code", "area_not_yours")
    ]
    assert (await officer.get("/v1/areas/34110210")).status_code == 404


@pytest.mark.parametrize(
    ("data", "pointer", "code"),
    [
        ("code,name_th\r\n34110209,โนนงาม\r\n3411,อำเภอ\r\n", "/villages/1/code", None),
        ("code,name_th\r\n34110209,\r\n", "/villages/0/name_th", "required"),
        ("code,name_th,lat\r\n34110209,โนนงาม,north\r\n", "/villages/0/lat", "wrong_type"),
        ("code,name_th\r\n34110209,โนนงาม,15\r\n", "/villages/0", "column_count"),
        ("code,name_th\r\n", "/villages", "too_few"),
        ("code,name_th\r\n34119901,ไม่มี\r\n", "/villages/0/code", "unknown_area"),
    ],
)
async def test_a_wrong_row_is_named_and_nothing_taken(
    officer: Caller, data: str, pointer: str, code: str | None
) -> None:
    answer = await send(officer, data.encode())
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], code or error["code"]) == (pointer, error["code"])
    assert (await officer.get("/v1/areas/34110209")).status_code == 404


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"name_th\r\nx\r\n", "villages.csv"),
        (b"code,name_th,colour\r\n34110209,x,red\r\n", "villages.csv"),
        (b"", "villages.csv"),
        (b"no workbook", "villages.xlsx"),
        (GOOD.encode(), "villages.doc"),
        (("code,name_th\r\n" + "34110209,x\r\n" * 1001).encode(), "villages.csv"),
    ],
)
async def test_what_is_no_table_of_villages_is_refused_whole(officer: Caller, data: bytes, name: str) -> None:
    answer = await send(officer, data, name)
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_villages")
