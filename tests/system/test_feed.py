"""A year's survey comes in through the gateway and its figures are the expected ones."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tools.demo import feed
from tools.demo.api import House, Job

DATA = Path(__file__).resolve().parents[1] / "data" / "feed"


def expected(sample: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / sample / "expected.json").read_text())
    return found


def send(house: House, sample: str, *, source: str) -> str:
    edition_id = feed.open_edition(house.client, year=2565, source=source)
    for name in feed.FILES:
        feed.send_file(house.client, edition_id, DATA / sample / name)
    return edition_id


def errors(house: House, edition_id: str) -> list[dict[str, Any]]:
    listed = house.client.every(f"/v1/feed-editions/{edition_id}/errors")
    return [{key: one[key] for key in ("file", "line", "column", "code")} for one in listed]


def in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda one: (one["file"], one["line"]))


@pytest.fixture(scope="module", params=["clean", "with_errors"])
def imported(house: House, request: pytest.FixtureRequest) -> tuple[str, str, Job]:
    """Return sample, edition and job of each sample, imported once."""
    edition_id = send(house, request.param, source=f"sample {request.param}")
    return request.param, edition_id, feed.import_edition(house.client, edition_id)


def test_the_import_reaches_the_expected_results(imported: tuple[str, str, Job]) -> None:
    sample, _, job = imported
    wanted = expected(sample)["results"]
    assert {name: job["result"][name] for name in wanted} == wanted


def test_the_import_lists_the_expected_errors(house: House, imported: tuple[str, str, Job]) -> None:
    sample, edition_id, _ = imported
    assert in_order(errors(house, edition_id)) == in_order(expected(sample)["errors"])


def test_the_summary_by_area_and_dimension_is_that_of_the_import(
    house: House, imported: tuple[str, str, Job]
) -> None:
    sample, edition_id, _ = imported
    wanted = expected(sample)["results"]
    country = house.client.get("/v1/poverty/summary", edition=edition_id, by="dimension")
    text = json.dumps(country)
    assert str(wanted["target_poor"]) in text


def test_the_same_edition_again_changes_nothing(house: House, imported: tuple[str, str, Job]) -> None:
    sample, edition_id, job = imported
    before = house.client.get("/v1/households", limit=200)
    again = send(house, sample, source=f"sample {sample}")
    assert again == edition_id
    repeated = feed.import_edition(house.client, again)
    wanted = expected(sample)["results"]
    assert {name: repeated["result"][name] for name in wanted} == {
        name: job["result"][name] for name in wanted
    }
    assert house.client.get("/v1/households", limit=200) == before


def test_a_corrected_file_completes_an_edition(house: House) -> None:
    edition_id = send(house, "with_errors", source="corrected")
    feed.import_edition(house.client, edition_id)
    answer = house.client.call(
        "GET",
        f"/v1/feed-editions/{edition_id}/errors",
        params={"file": "households"},
        headers={"Accept": "text/csv"},
    )
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(rows) == expected("with_errors")["results"]["households_rejected"]
