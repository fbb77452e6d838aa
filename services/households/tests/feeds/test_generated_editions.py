"""Editions of the generator, in every form: the importer agrees with a count that shares no code with it."""

from pathlib import Path

import pytest

from tools.demo_data import Form, generate, next_edition
from tools.demo_data.columns import FILES

from .conftest import Desk


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stem in FILES}


@pytest.mark.parametrize("form", ["csv", "ndjson", "xlsx", "parquet"])
async def test_an_edition_with_40_errors_comes_out_as_counted_in_every_form(
    desk: Desk, tmp_path: Path, form: Form
) -> None:
    wanted = generate(tmp_path, households=600, seed=9, errors=40, form=form)
    edition = await desk.edition(2565)
    result = await desk.import_files(edition, files_of(tmp_path))
    assert {key: result[key] for key in wanted["results"]} == wanted["results"]
    found = await desk.errors(edition)
    assert sorted(found) == sorted((e["file"], e["line"], e["column"], e["code"]) for e in wanted["errors"])


async def test_the_next_years_edition_comes_out_as_counted_and_moves_who_moved(
    desk: Desk, tmp_path: Path
) -> None:
    generate(tmp_path / "first", households=600, seed=9)
    wanted = next_edition(tmp_path / "first", tmp_path / "second", changed=0.05, year=2566)
    await desk.import_files(await desk.edition(2565), files_of(tmp_path / "first"))
    result = await desk.import_files(await desk.edition(2566), files_of(tmp_path / "second"))
    assert {key: result[key] for key in wanted["results"]} == wanted["results"]
    assert result["changes"]["households_moved"] == wanted["changes"]["households_moved"] > 0
    assert result["changes"]["households_new"] == result["changes"]["persons_new"] == 0
