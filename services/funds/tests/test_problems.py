"""Every problem of the service says in both languages what happened and what to do."""

import re
from collections.abc import Iterator

from shared.errors import Refusal
from tests.world import ROUTES

THAI = re.compile("[ก-๙]")


def problems(above: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield the problems that the service has of its own."""
    for one in above.__subclasses__():
        if one.__module__.startswith("funds."):
            yield one
        yield from problems(one)


def test_a_problem_says_in_both_languages_what_to_do() -> None:
    assert ROUTES  # with them, all errors are loaded
    told = {one.code: one() for one in problems()}
    assert len(told) > 300
    assert [code for code, one in told.items() if not THAI.search(one.title_th)] == []
    assert [code for code, one in told.items() if not THAI.search(one.detail_th)] == []
    assert [code for code, one in told.items() if not one.detail_en] == []
    assert [code for code, one in told.items() if one.detail_en == one.title_en] == []
