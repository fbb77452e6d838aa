"""Every problem of a service says in both languages what happened and what to do."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from embedded.layout import SERVICES
from shared.errors import Refusal

THAI = re.compile("[ก-๙]")
LEAST = {"funds": 300, "households": 80}
"""Fewer were not looked for rightly."""


def problems(service: str, above: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield the problems that a service has of its own, once its app is loaded."""
    for one in above.__subclasses__():
        if one.__module__.startswith(f"{service}."):
            yield one
        yield from problems(service, one)


@pytest.mark.parametrize("service", SERVICES)
def test_a_problem_says_in_both_languages_what_to_do(service: str) -> None:
    import_module(f"{service}.app")
    told = {one.code: one() for one in problems(service)}
    assert len(told) >= LEAST.get(service, 0)
    assert [code for code, one in told.items() if not THAI.search(one.title_th)] == []
    assert [code for code, one in told.items() if not THAI.search(one.detail_th)] == []
    assert [code for code, one in told.items() if not one.detail_en] == []
    assert [code for code, one in told.items() if one.detail_en == one.title_en] == []
