"""The examples on the API page are requests that the service takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from households.app import ROUTERS
from households.areas.schemas import NewVillages
from households.registry.schemas import NewHousehold
from shared.schemas import Schema
from shared.testing.caller import Caller


def examples(base: type[Schema] = Schema) -> Iterator[tuple[type[Schema], Any]]:
    for model in base.__subclasses__():
        extra = model.model_config.get("json_schema_extra")
        if isinstance(extra, dict) and model.__module__.startswith("households."):
            given: Any = extra.get("examples", [])
            yield from ((model, example) for example in given)
        yield from examples(model)


EXAMPLES = list(examples())


def test_the_routers_bring_examples_with_them() -> None:
    assert ROUTERS
    assert {"NewHousehold", "NewMember", "Move", "Death", "Lookup", "NewMerge"} <= {
        model.__name__ for model, _ in EXAMPLES
    }


@pytest.mark.parametrize(("model", "example"), EXAMPLES, ids=[model.__name__ for model, _ in EXAMPLES])
def test_an_example_is_valid(model: type[Schema], example: Any) -> None:
    model.model_validate(example)


async def test_the_example_of_a_registration_registers_and_of_a_lookup_finds(officer: Caller) -> None:
    ((_, household),) = [pair for pair in EXAMPLES if pair[0] is NewHousehold]
    for _ in range(2):  # whoever tries the page twice is not refused
        answer = await officer.post("/v1/households", household)
        assert answer.status_code == 201, answer.text
    ((_, villages),) = [pair for pair in EXAMPLES if pair[0] is NewVillages]
    assert (await officer.post("/v1/areas/villages", villages)).json()["changed"] == 1
    duplicates = (await officer.get("/v1/duplicates", area="34110209")).json()["items"]
    assert duplicates, "the page tried twice leaves duplicates, which the next example finds"
