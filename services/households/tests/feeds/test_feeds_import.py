"""The samples of the feed format come out as they must, once and again, whole and corrected."""

import pytest

from .conftest import Desk, expected, sample

EDITIONS = {"clean": 2565, "with_errors": 2566}


@pytest.mark.parametrize("name", EDITIONS)
async def test_a_sample_edition_gives_exactly_the_expected_results(desk: Desk, name: str) -> None:
    edition = await desk.edition(EDITIONS[name])
    result = await desk.import_files(edition, sample(name))
    wanted = expected(name)
    assert {key: result[key] for key in wanted["results"]} == wanted["results"]
    found = await desk.errors(edition)
    assert sorted(found) == sorted((e["file"], e["line"], e["column"], e["code"]) for e in wanted["errors"])
