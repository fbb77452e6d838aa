"""An edition that would lose or move much waits for a second person; differences are told by area."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from households.feeds import approval
from shared.testing.caller import Caller
from tools.demo_data import generate, next_edition
from tools.demo_data.columns import FILES

from .conftest import Desk
from .test_feeds_http import RIGHTS, imported, opened, send


@pytest.fixture
def registrar(officer: Caller) -> Caller:
    return officer.only(RIGHTS).where("")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stem in FILES}


def without_a_third(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return an edition in which every third household is not surveyed any more, nor its people."""
    head, *rows = files["households.csv"].splitlines(keepends=True)
    place = head.decode().lstrip("\ufeff").split(",").index("house_id")
    gone = {row.split(b",")[place] for row in rows[::3]}
    first, *persons = files["persons.csv"].splitlines(keepends=True)
    return {
        **files,
        "households.csv": head + b"".join(row for row in rows if row.split(b",")[place] not in gone),
        "persons.csv": first + b"".join(row for row in persons if row.split(b",")[0] not in gone),
    }


@pytest.fixture
def editions(tmp_path: Path) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, Any]]:
    """Return an edition, the next year's, and what differs."""
    generate(tmp_path / "first", households=3_000, seed=3)
    differences = next_edition(tmp_path / "first", tmp_path / "second", changed=0.05, year=2566)
    return files_of(tmp_path / "first"), files_of(tmp_path / "second"), differences


async def test_an_edition_that_loses_a_third_waits_until_somebody_else_approves(
    registrar: Caller, app: FastAPI, desk: Desk, editions: tuple[dict[str, bytes], dict[str, bytes], Any]
) -> None:
    first = await opened(registrar, 2565)
    for name, data in editions[0].items():
        await send(registrar, first, name, data)
    await imported(registrar, app, first)
    second = await opened(registrar, 2566)
    nothing = await registrar.post(f"/v1/feed-editions/{second}/approve", {})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_approve")
    for name, data in without_a_third(editions[1]).items():
        await send(registrar, second, name, data)
    waits = await imported(registrar, app, second)
    assert (waits["state"], waits["result"]["state"]) == ("succeeded", "awaiting_approval")
    areas = waits["result"]["large_differences"]
    assert areas
    assert all(area["households"] >= approval.rule().smallest_area for area in areas)
    assert await desk.value("SELECT count(*) FROM edition_households WHERE edition_id = $1", second) == 0
    own = await registrar.post(f"/v1/feed-editions/{second}/approve", {})
    assert (own.status_code, own.json()["code"]) == (409, "same_person")
    other = registrar.named("user:director")
    started = await other.post(f"/v1/feed-editions/{second}/approve", {})
    assert started.status_code == 202
    done = await imported(registrar, app, second)
    assert done["result"]["state"] == "imported"
    found = (await registrar.get(f"/v1/feed-editions/{second}")).json()
    assert (found["state"], found["approved_by"]) == ("imported", "user:director")


async def test_small_differences_pass_and_are_told_area_by_area(
    registrar: Caller, app: FastAPI, editions: tuple[dict[str, bytes], dict[str, bytes], dict[str, Any]]
) -> None:
    first, second = await opened(registrar, 2565), await opened(registrar, 2566)
    for edition, files in ((first, editions[0]), (second, editions[1])):
        for name, data in files.items():
            await send(registrar, edition, name, data)
        assert (await imported(registrar, app, edition))["result"]["state"] == "imported"
    answer = (await registrar.get(f"/v1/feed-editions/{second}/changes")).json()
    assert answer["before_id"] == first
    items = answer["items"]
    wanted = editions[2]["changes"]
    assert sum(item["moved_in"] for item in items) == wanted["households_moved"]
    assert sum(item["moved_out"] for item in items) == wanted["households_moved"]
    assert sum(item["entered"] for item in items) == sum(item["left"] for item in items) == 0
    assert sum(item["now"] for item in items) == sum(item["before"] for item in items) == 3_000
    one = items[0]["area_code"]
    inside = (await registrar.where(one).get(f"/v1/feed-editions/{second}/changes", by="tambon")).json()[
        "items"
    ]
    assert {item["area_code"][:4] for item in inside} == {one}
