"""Poverty figures over HTTP: right at once after an import, equal to a recount, small cells kept back."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from households.poverty.instruments import shipped
from households.poverty.projection import ARRAYS, COUNTS, counting
from households.sql import rows
from shared.db import Database, driver
from shared.testing.caller import Caller
from tools.demo_data import generate, next_edition
from tools.demo_data.columns import FILES

from ..feeds.conftest import Desk, expected, sample  # noqa: TID252


@pytest.fixture
async def edition(desk: Desk) -> UUID:
    made = await desk.edition(2565)
    await desk.import_files(made, sample("clean"))
    return made


async def recount(database: Database, edition: UUID) -> dict[str, dict[str, Any]]:
    """Count the villages of an edition again from its rows."""
    async with database.read() as session:
        found = await rows(await driver(session), counting(shipped()["JPT_2560_2564"]), edition=edition)
    return {row["area_code"]: dict(row) for row in found}


async def test_the_counts_equal_a_full_recount_after_every_import(
    desk: Desk,
    database: Database,
    tmp_path: Path,
) -> None:
    generate(tmp_path / "a", households=900, seed=5)
    next_edition(tmp_path / "a", tmp_path / "b", changed=0.2, year=2565)
    made = await desk.edition(2565)
    for folder in ("a", "b"):
        files = {p.name: p.read_bytes() for p in (tmp_path / folder).iterdir() if p.stem in FILES}
        await desk.import_files(made, files)
        counted = await recount(database, made)
        columns = ", ".join((*COUNTS, *ARRAYS))
        kept = await desk.fetch(
            f"SELECT level, area_code, {columns} FROM poverty_counts WHERE edition_id = $1", made
        )
        villages = {row["area_code"]: dict(row) for row in kept if row["level"] == 8}
        assert {code: {**row, "level": 8} for code, row in counted.items()} == villages
        for row in kept:
            inside = [village for code, village in villages.items() if code.startswith(row["area_code"])]
            assert {name: row[name] for name in COUNTS} == {
                name: sum(village[name] for village in inside) for name in COUNTS
            }


async def test_totals_and_dimensions_are_those_of_the_edition(officer: Caller, edition: UUID) -> None:
    wanted = expected("clean")["results"]
    reader = officer.may("poverty:read").where("")
    answer = (await reader.get("/v1/poverty/summary", by="dimension")).json()
    assert answer["edition"]["id"] == str(edition)
    assert answer["total"]["survey_poor"] == wanted["survey_poor"]
    assert answer["total"]["registered_poor"] == wanted["welfare_registered_poor"]
    assert answer["total"]["poor_households"] == wanted["poor_households"]
    found = {item["dimension"]: (item["survey_poor"], item["target_poor"]) for item in answer["items"]}
    assert found == {
        name: (wanted["by_dimension_survey_poor"][name], wanted["by_dimension_target_poor"][name])
        for name in found
    }
    by_area = (await reader.get("/v1/poverty/summary", area="34")).json()["items"]
    assert {item["area_code"]: item["target_poor"] for item in by_area} == wanted["by_district"]
    assert all(item["name_th"] for item in by_area)


async def test_every_indicator_is_counted_by_who_fails_it(officer: Caller, edition: UUID) -> None:
    reader = officer.may("poverty:read").where("")
    items = (await reader.get("/v1/poverty/summary", by="indicator", edition=str(edition))).json()["items"]
    found = {item["indicator"]: item["failed"] for item in items}
    lines = {name: data.decode("utf-8-sig").splitlines() for name, data in sample("clean").items()}
    for name in ("households.csv", "persons.csv"):
        head = lines[name][0].split(",")
        for place, column in enumerate(head):
            if column in found:
                assert found[column] == sum(line.split(",")[place] == "F" for line in lines[name][1:])
    assert len(items) == 31


@pytest.mark.usefixtures("edition")
async def test_the_public_sees_no_small_cell(officer: Caller) -> None:
    public = officer.only({"poverty:read"}).where("")
    answer = (await public.get("/v1/poverty/summary", area="3415")).json()
    assert answer["suppressed"]
    counts = [item[name] for item in answer["items"] for name in COUNTS]
    assert all(count is None or count == 0 or count >= 5 for count in counts)
    villages = (await public.get("/v1/poverty/summary", area="341522")).json()["items"]
    assert any(item["target_poor"] is None for item in villages)


@pytest.mark.usefixtures("edition")
async def test_an_officer_sees_the_figures_of_her_areas_only(officer: Caller) -> None:
    reader = officer.may("poverty:read").where("3415")
    own = (await reader.get("/v1/poverty/summary")).json()
    assert (own["area"], {item["area_code"][:4] for item in own["items"]}) == (["3415"], {"3415"})
    assert own["total"]["target_poor"] == expected("clean")["results"]["by_district"]["3415"]
    for area in ("", "34", "3411", "341101"):
        assert (await reader.get("/v1/poverty/summary", area=area)).status_code == 404


async def test_before_any_import_there_are_no_figures(officer: Caller) -> None:
    answer = await officer.may("poverty:read").get("/v1/poverty/summary")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_imported_edition")


@pytest.mark.usefixtures("edition")
async def test_a_households_status_by_edition_is_for_its_area_and_audited(
    officer: Caller,
    desk: Desk,
) -> None:
    row = (await desk.fetch("SELECT id, village_code FROM households WHERE house_id = '34110000000'"))[0]
    path = f"/v1/poverty/households/{row['id']}"
    answer = await officer.where(row["village_code"]).get(path)
    assert answer.json()["items"][0]["income"] == "263343.00"
    assert answer.json()["items"][0]["income_band"] == "38000_to_100000"
    assert (await officer.where("3419").get(path)).status_code == 404
    assert await desk.value("SELECT count(*) FROM audit WHERE action = 'household.read_poverty'") == 1


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[Callable[[], int]]:
    """Count the statements that SQLAlchemy and the driver send."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(str(arguments[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield lambda: len(seen)
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("edition")
async def test_a_summary_reads_the_counts_by_key_and_no_row_of_the_edition(
    officer: Caller, app: FastAPI, database: Database
) -> None:
    async with database.transaction() as session:
        connection = await driver(session)
        plan = await connection.fetchval(
            "EXPLAIN (FORMAT JSON) SELECT * FROM poverty_counts WHERE edition_id = $1 AND level = 2 "
            "AND area_code >= '' AND area_code < 'z'",
            UUID(int=0),
        )
    assert "poverty_counts" in str(plan)
    async with counted(app.state.database) as statements:
        await officer.may("poverty:read").where("").get("/v1/poverty/summary")
        assert statements() <= 5
