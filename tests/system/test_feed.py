"""A year's survey comes in through the gateway and its figures are the expected ones."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tools.demo import feed
from tools.demo.api import House, Job, Refused

DATA = Path(__file__).resolve().parents[1] / "data" / "feed"


def expected(sample: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / sample / "expected.json").read_text())
    return found


def send(house: House, sample: str, *, source: str) -> str:
    manifest = json.loads((DATA / sample / "manifest.json").read_text())
    edition_id = feed.open_edition(house.client, year=manifest["edition_year"], source=source)
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


def test_the_summary_is_that_of_the_import(house: House, imported: tuple[str, str, Job]) -> None:
    sample, edition_id, _ = imported
    wanted = expected(sample)["results"]
    summary = house.client.get("/v1/poverty/summary", edition=edition_id, by="dimension")
    total = summary["total"]
    assert total["households"] == wanted["households_accepted"]
    assert total["persons"] == wanted["persons_accepted"]
    assert total["poor_households"] == wanted["poor_households"]
    assert total["survey_poor"] == wanted["survey_poor"]
    assert total["target_poor"] == wanted["target_poor"]
    found = {item["dimension"]: item["target_poor"] for item in summary["items"]}
    assert found == wanted["by_dimension_target_poor"]


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


def test_the_rejected_rows_come_back_as_a_file_to_correct_for_a_purpose(house: House) -> None:
    edition_id = send(house, "with_errors", source="sample with_errors")
    feed.import_edition(house.client, edition_id)
    address = f"/v1/feed-editions/{edition_id}/errors"
    csv_of = {"params": {"file": "households"}, "headers": {"Accept": "text/csv"}}
    with pytest.raises(Refused, match="purpose"):
        house.client.call("GET", address, **csv_of)
    csv_of["headers"]["Purpose"] = "correct the survey"
    rows = list(
        csv.DictReader(io.StringIO(house.client.call("GET", address, **csv_of).text.lstrip("\ufeff")))
    )
    assert len(rows) == expected("with_errors")["results"]["households_rejected"]
