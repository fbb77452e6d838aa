"""The whole way of a feed over HTTP: opened, sent, imported by the worker, corrected, approved, closed."""

import csv
import io
from typing import Any

import pytest
from fastapi import FastAPI

from households.worker import work
from shared.jobs import run_pending
from shared.testing.caller import Caller

from .conftest import SAMPLES, expected, sample

RIGHTS = {"feeds:read", "feeds:write", "jobs:read", "poverty:read"}


@pytest.fixture
def registrar(officer: Caller) -> Caller:
    return officer.only(RIGHTS).where("")


async def opened(caller: Caller, year: int = 2565, source: str = "TPMAP") -> str:
    body = {"source": source, "edition_year": year, "instrument": "JPT_2560_2564"}
    response = await caller.post("/v1/feed-editions", body)
    assert response.status_code == 201, response.text
    edition: str = response.json()["id"]
    return edition


async def send(caller: Caller, edition: str, name: str, data: bytes) -> Any:
    path = f"/v1/feed-editions/{edition}/files"
    return await caller.request("POST", path, files={"file": (name, data, "application/octet-stream")})


async def imported(caller: Caller, app: FastAPI, edition: str, **options: bool) -> dict[str, Any]:
    response = await caller.post(f"/v1/feed-editions/{edition}/import", options)
    assert response.status_code == 202, response.text
    await run_pending(app.state.database, work(app.state.settings))
    job: dict[str, Any] = (await caller.get(response.headers["Location"])).json()
    return job


@pytest.mark.parametrize(("name", "year"), [("clean", 2565), ("with_errors", 2566)])
async def test_a_feed_sent_over_http_gives_the_expected_job_result(
    registrar: Caller, app: FastAPI, name: str, year: int
) -> None:
    edition = await opened(registrar, year)
    manifest = (SAMPLES / name / "manifest.json").read_bytes()
    assert (await send(registrar, edition, "manifest.json", manifest)).status_code == 201
    for file, data in sample(name).items():
        response = await send(registrar, edition, file, data)
        assert response.status_code == 201, response.text
    job = await imported(registrar, app, edition)
    assert job["state"] == "succeeded", job
    wanted = expected(name)
    assert {key: job["result"][key] for key in wanted["results"]} == wanted["results"]
    listed = (await registrar.get(f"/v1/feed-editions/{edition}/errors", limit=200)).json()["items"]
    assert sorted((e["file"], e["line"], e["column"], e["code"]) for e in listed) == sorted(
        (e["file"], e["line"], e["column"], e["code"]) for e in wanted["errors"]
    )
    summary = (await registrar.may("households:read").get("/v1/poverty/summary", edition=edition)).json()
    assert summary["total"]["target_poor"] == wanted["results"]["target_poor"]
    tambon = await registrar.may("cases:read").get("/v1/poverty/summary", area="3415", edition=edition)
    counts = {item["area_code"]: item["target_poor"] for item in tambon.json()["items"]}
    assert {code: n for code, n in counts.items() if n} == {
        code: n for code, n in wanted["results"]["by_tambon"].items() if code.startswith("3415")
    }


async def test_the_failed_rows_come_as_a_csv_that_can_be_sent_back(registrar: Caller, app: FastAPI) -> None:
    edition = await opened(registrar, 2566)
    for file, data in sample("with_errors").items():
        await send(registrar, edition, file, data)
    await imported(registrar, app, edition)
    path = f"/v1/feed-editions/{edition}/errors"
    refused = await registrar.request("GET", path, params={"file": "persons"}, headers={"Accept": "text/csv"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    reader = registrar.may("pii:read")
    headers = {"Accept": "text/csv", "Purpose": "correct the survey rows"}
    response = await reader.request("GET", path, params={"file": "persons"}, headers=headers)
    rows = list(csv.DictReader(io.StringIO(response.text)))
    original = list(csv.DictReader(io.StringIO(sample("with_errors")["persons.csv"].decode("utf-8-sig"))))
    assert rows == [original[line - 1] for line in (65, 336, 511, 630, 901)]
    assert (await send(registrar, edition, "persons.csv", response.content)).status_code == 201
    again = await imported(registrar, app, edition)
    # By itself the doubled row is no double: it is the row the edition holds.
    assert again["result"]["persons_rejected"] == 4
    assert again["result"]["persons_accepted"] == 878
