"""What is refused as a whole, each with its own code, and what is tolerated."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from households.worker import work
from shared.jobs import run_pending
from shared.testing.caller import Caller

from .conftest import SAMPLES, Desk, expected, sample
from .test_feeds_http import RIGHTS, imported, opened, send

Files = dict[str, bytes]


@pytest.fixture
def registrar(officer: Caller) -> Caller:
    return officer.only(RIGHTS).where("")


def header_changed(change: Callable[[bytes], bytes]) -> Files:
    files = sample("clean")
    head, _, rest = files["persons.csv"].partition(b"\n")
    return {**files, "persons.csv": change(head) + b"\n" + rest}


REFUSED: dict[str, Files] = {
    "missing_column": header_changed(lambda head: head.replace(b"birth_date", b"born")),
    "duplicate_column": header_changed(lambda head: head.replace(b"i29", b"i28")),
    "bad_encoding": {**sample("clean"), "persons.csv": b"\xa1\x81\x8d,\x90\n" * 50},
    "empty_file": {**sample("clean"), "welfare.csv": b""},
    "unreadable_file": {**sample("clean"), "welfare.xlsx": b"no workbook"},
}


@pytest.mark.parametrize("code", REFUSED)
async def test_a_file_that_cannot_be_read_fails_the_job_and_leaves_nothing(
    registrar: Caller, app: FastAPI, desk: Desk, code: str
) -> None:
    edition = await opened(registrar)
    for name, data in REFUSED[code].items():
        assert (await send(registrar, edition, name, data)).status_code == 201
    job = await imported(registrar, app, edition)
    assert (job["state"], job["error"]["code"]) == ("failed", code)
    assert await desk.value("SELECT count(*) FROM households") == 0
    files = (await registrar.get(f"/v1/feed-editions/{edition}")).json()["files"]
    assert {(file["state"], file["refusal"]) for file in files if file["state"] != "replaced"} == {
        ("refused", code)
    }


async def test_a_file_that_is_not_the_manifests_is_refused_when_sent(registrar: Caller) -> None:
    edition = await opened(registrar)
    await send(registrar, edition, "manifest.json", (SAMPLES / "clean" / "manifest.json").read_bytes())
    response = await send(registrar, edition, "persons.csv", sample("clean")["persons.csv"] + b"\n")
    assert (response.status_code, response.json()["code"]) == (422, "wrong_checksum")


async def test_a_manifest_that_the_files_do_not_match_is_refused_when_sent(registrar: Caller) -> None:
    edition = await opened(registrar)
    await send(registrar, edition, "persons.csv", sample("clean")["persons.csv"] + b"\n")
    response = await send(
        registrar, edition, "manifest.json", (SAMPLES / "clean" / "manifest.json").read_bytes()
    )
    assert (response.status_code, response.json()["code"]) == (422, "wrong_checksum")


async def test_other_rows_than_the_manifest_counts_refuse_the_feed(registrar: Caller, app: FastAPI) -> None:
    edition = await opened(registrar)
    manifest = (SAMPLES / "clean" / "manifest.json").read_bytes().replace(b'"rows": 1463', b'"rows": 1464')
    await send(registrar, edition, "manifest.json", manifest)
    for name, data in sample("clean").items():
        await send(registrar, edition, name, data)
    job = await imported(registrar, app, edition)
    assert (job["state"], job["error"]["code"]) == ("failed", "wrong_row_count")


async def test_an_edition_without_one_of_its_files_is_not_imported(registrar: Caller) -> None:
    edition = await opened(registrar)
    await send(registrar, edition, "persons.csv", sample("clean")["persons.csv"])
    response = await registrar.post(f"/v1/feed-editions/{edition}/import", {})
    assert (response.status_code, response.json()["code"]) == (422, "missing_file")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("people.csv", 422, "unknown_file"),
        ("persons.docx", 422, "unknown_file"),
        ("../persons.csv", 201, None),
    ],
)
async def test_the_name_says_which_file_it_is(
    registrar: Caller, name: str, status: int, code: str | None
) -> None:
    response = await send(registrar, await opened(registrar), name, sample("clean")["persons.csv"])
    assert (response.status_code, response.json().get("code")) == (status, code)


async def test_an_upload_needs_exactly_one_part_named_file(registrar: Caller) -> None:
    path = f"/v1/feed-editions/{await opened(registrar)}/files"
    other = await registrar.request("POST", path, files={"data": ("persons.csv", b"a\n")})
    assert other.status_code == 422
    assert (await registrar.request("POST", path, json={})).status_code == 415
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="persons.csv"\r\n\r\nhouse'
    broken = await registrar.request("POST", path, content=cut, headers=headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "bad_form")


async def test_an_edition_is_opened_once_and_for_one_instrument(registrar: Caller) -> None:
    edition = await opened(registrar)
    body = {"source": "TPMAP", "edition_year": 2565, "instrument": "JPT_2560_2564"}
    again = await registrar.post("/v1/feed-editions", body)
    assert (again.status_code, again.json()["id"]) == (200, edition)
    other = await registrar.post("/v1/feed-editions", {**body, "instrument": "JPT_2566_2570"})
    assert (other.status_code, other.json()["code"]) == (409, "edition_exists")
    unknown = await registrar.post("/v1/feed-editions", {**body, "instrument": "SIX_BY_TWO"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_instrument")


async def test_a_closed_edition_takes_nothing_any_more(registrar: Caller, app: FastAPI) -> None:
    edition = await opened(registrar)
    early = await registrar.post(f"/v1/feed-editions/{edition}/close", {})
    assert (early.status_code, early.json()["code"]) == (409, "feed_edition_not_imported")
    for name, data in sample("clean").items():
        await send(registrar, edition, name, data)
    await imported(registrar, app, edition)
    assert (await registrar.post(f"/v1/feed-editions/{edition}/close", {})).json()["state"] == "closed"
    late = await send(registrar, edition, "persons.csv", b"x")
    assert (late.status_code, late.json()["code"]) == (409, "edition_closed")


async def test_rows_outside_the_senders_areas_are_not_taken(registrar: Caller, app: FastAPI) -> None:
    provincial = registrar.where("3415")
    edition = await opened(provincial)
    for name, data in sample("clean").items():
        await send(provincial, edition, name, data)
    job = await imported(provincial, app, edition)
    assert job["result"]["by_district"] == {"3415": expected("clean")["results"]["by_district"]["3415"]}
    listed = await provincial.get(f"/v1/feed-editions/{edition}/errors", file="households", limit=1)
    assert listed.json()["items"][0]["code"] == "outside_area"


def spelled(name: str, data: bytes) -> bytes:
    """Return a file in another spelling of the very same values."""
    text = data.decode("utf-8-sig")
    if name == "persons.csv":
        text = text.replace(",M,1964-05-11,", ", M ,11/5/2507,").replace("4840191614616", "4-8401-91614-61-6")
    if name == "households.csv":
        text = text.replace(",96815,", ",๙๖๘๑๕,")
    return text.replace("\n", "\r\n").encode("utf-8-sig")


async def test_tolerated_spellings_are_no_errors_and_mean_the_same(desk: Desk) -> None:
    wanted = expected("clean")["results"]
    files = {name: spelled(name, data) for name, data in sample("clean").items()}
    result = await desk.import_files(await desk.edition(2565), files)
    assert {name: result[name] for name in wanted} == wanted
    assert await desk.value("SELECT count(*) FROM persons WHERE birth_date = '1964-05-11'") >= 1


async def test_windows_874_and_quoted_fields_are_read(desk: Desk) -> None:
    wanted = expected("clean")["results"]
    files = sample("clean")
    files["persons.csv"] = files["persons.csv"].decode("utf-8-sig").encode("cp874")
    files["households.csv"] = files["households.csv"].replace(
        b"34110000000,308/8,", b'34110000000,"308/8, a",'
    )
    result = await desk.import_files(await desk.edition(2565), files)
    assert {name: result[name] for name in wanted} == wanted
    assert await desk.value("SELECT house_no FROM households WHERE house_id = '34110000000'") == "308/8, a"
    assert await desk.value("SELECT count(*) FROM persons WHERE first_name = 'สมชาย'") > 0


async def test_columns_in_another_order_and_beside_others_are_read(desk: Desk) -> None:
    wanted = expected("clean")["results"]
    files = sample("clean")
    rows = [line.split(b",") for line in files["persons.csv"].split(b"\n") if line]
    files["persons.csv"] = b"\n".join(b",".join([*reversed(row), b"note"]) for row in rows)
    result = await desk.import_files(await desk.edition(2565), files)
    assert {name: result[name] for name in wanted} == wanted


async def test_a_zip_with_its_manifest_is_an_upload_of_all(registrar: Caller, app: FastAPI) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("households.csv", "persons.csv", "welfare.csv", "manifest.json"):
            archive.write(SAMPLES / "clean" / name, f"edition/{name}")
    edition = await opened(registrar)
    response = await send(registrar, edition, "edition.zip", packed.getvalue())
    assert (response.status_code, len(response.json()["files"]), response.json()["manifest"]) == (
        201,
        3,
        True,
    )
    job = await imported(registrar, app, edition)
    wanted = expected("clean")["results"]
    assert {name: job["result"][name] for name in wanted} == wanted


async def test_a_dry_run_over_http_leaves_the_files_waiting(registrar: Caller, app: FastAPI) -> None:
    edition = await opened(registrar)
    for name, data in sample("clean").items():
        await send(registrar, edition, name, data)
    job = await imported(registrar, app, edition, dry_run=True)
    assert job["result"]["target_poor"] == expected("clean")["results"]["target_poor"]
    found: dict[str, Any] = (await registrar.get(f"/v1/feed-editions/{edition}")).json()
    assert found["state"] == "open"
    assert {file["state"] for file in found["files"]} == {"uploaded"}
    assert await run_pending(app.state.database, work(app.state.settings)) == 0
