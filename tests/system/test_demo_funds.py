"""`make demo-funds` in a house of its own: the published figures come out, and once is enough."""

import contextlib
from collections.abc import Iterator

import pytest
from rich.console import Console

from embedded.trial import trial
from tools.demo import funds
from tools.demo.api import House


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Return a house of its own: in the other's, tests have funds in the same villages."""
    with trial("run") as started, contextlib.closing(started.house()) as found:
        yield found


def figures(house: House) -> list[funds.Figure]:
    auditor = house.person("auditor")
    return [*funds.of_the_tambon(auditor), *funds.of_the_district(auditor)]


@pytest.mark.timeout(600)
def test_the_published_figures_come_out_and_a_second_run_changes_nothing(house: House) -> None:
    for _ in range(2):
        funds.load(house, Console(quiet=True))
        found = figures(house)
        assert len(found) > 10
        assert [one for one in found if not one.right] == []
