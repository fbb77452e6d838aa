"""The exported contracts: true to the code, readable by their consumers, only ever added to."""

from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
import yaml
from pydantic import BaseModel, Field

from shared.events import Event, decode
from tools.contracts import asyncapi, events
from tools.contracts.__main__ import SERVICES, broken, documents, stale, write


class Weight(BaseModel):
    grams: int


class RiceSold(Event, type="contracts.rice.sold.v1"):
    """Rice was sold (ขายข้าว)."""

    kind: str = Field(examples=["jasmine"])
    weight: Weight
    parts: tuple[Weight, ...] = ()
    buyer: str | None = None


@pytest.fixture(scope="module")
def wanted() -> dict[str, bytes]:
    return documents()


def test_an_example_is_an_envelope_whose_data_fits_the_schema() -> None:
    contract = orjson.loads(events.document(RiceSold))
    jsonschema.validate(contract["example"]["data"], contract["schema"])
    envelope = decode(orjson.dumps(contract["example"]))
    assert RiceSold.model_validate_json(envelope.data).kind == "jasmine"
    assert contract["description"] == "Rice was sold (ขายข้าว)."


def test_the_schema_lets_later_fields_be_added() -> None:
    contract = orjson.loads(events.document(RiceSold))
    jsonschema.validate({**contract["example"]["data"], "field_of_next_year": 1}, contract["schema"])


def test_every_committed_example_fits_its_schema(wanted: dict[str, bytes]) -> None:
    contracts = {name: orjson.loads(body) for name, body in wanted.items() if "/events/" in name}
    assert contracts
    for contract in contracts.values():
        jsonschema.Draft202012Validator.check_schema(contract["schema"])
        jsonschema.validate(contract["example"]["data"], contract["schema"])


def test_every_consumer_reads_the_example_of_every_event_it_consumes(wanted: dict[str, bytes]) -> None:
    read = 0
    for service in SERVICES:
        for consumer in asyncapi.consumers(service):
            for name, handler in consumer.handlers.items():
                contract = orjson.loads(wanted[f"contracts/events/{name}.json"])
                handler.model.model_validate_json(decode(orjson.dumps(contract["example"])).data)
                read += 1
    assert read


def test_every_reference_of_the_asyncapi_document_leads_somewhere(wanted: dict[str, bytes]) -> None:
    document = yaml.safe_load(wanted["contracts/asyncapi.yaml"])
    assert document["asyncapi"] == "3.0.0"
    references = list(every_reference(document))
    assert references
    for reference in references:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[int(step)] if isinstance(place, list) else place[step]


def every_reference(part: Any) -> Any:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from every_reference(value)
    elif isinstance(part, list):
        for value in part:
            yield from every_reference(value)


def test_openapi_documents_are_3_1(wanted: dict[str, bytes]) -> None:
    for service in SERVICES:
        document = orjson.loads(wanted[f"contracts/openapi/{service}.json"])
        assert document["openapi"].startswith("3.1.")


def test_documents_are_the_same_each_time(wanted: dict[str, bytes]) -> None:
    assert documents() == wanted


def test_stale_files_are_found_and_mended(tmp_path: Path) -> None:
    wanted = {"contracts/a.json": b"1", "contracts/b/c.json": b"2", "deploy/d.json": b"3"}
    write(tmp_path, wanted)
    assert stale(tmp_path, wanted) == []
    (tmp_path / "contracts/a.json").write_bytes(b"other")
    (tmp_path / "contracts/old.json").write_bytes(b"gone")
    (tmp_path / "deploy/d.json").unlink()
    (tmp_path / "deploy/kept.json").write_bytes(b"not ours")
    assert stale(tmp_path, wanted) == ["contracts/a.json", "contracts/old.json", "deploy/d.json"]
    write(tmp_path, wanted)
    assert stale(tmp_path, wanted) == []
    assert (tmp_path / "deploy/kept.json").exists()


@pytest.mark.parametrize(
    ("old", "new", "loss"),
    [
        ({"a": {"type": "string"}}, {}, "field a is gone"),
        ({"a": {"type": "string"}}, {"a": {"type": "integer"}}, "field a has another type"),
        ({"a": {"type": "string"}}, {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "another type"),
    ],
)
def test_a_change_that_breaks_consumers_is_found(old: Any, new: Any, loss: str) -> None:
    found = events.breaks({"properties": old}, {"properties": new})
    assert len(found) == 1
    assert loss in found[0]


def test_a_field_that_may_now_be_missing_breaks_consumers() -> None:
    field = {"properties": {"a": {"type": "string"}}}
    assert events.breaks({**field, "required": ["a"]}, field) == ["field a is no longer always there"]


def test_additions_and_better_texts_break_nobody() -> None:
    old = {"properties": {"a": {"type": "string", "title": "A", "enum": ["x"]}}, "required": ["a"]}
    new = {
        "properties": {
            "a": {"type": "string", "description": "better", "enum": ["x", "y"]},
            "b": {"type": "integer"},
        },
        "required": ["a", "b"],
    }
    assert events.breaks(old, new) == []


def test_an_event_that_is_no_longer_published_breaks_its_consumers(tmp_path: Path) -> None:
    body = events.document(RiceSold)
    write(tmp_path, {"contracts/events/contracts.rice.sold.v1.json": body})
    assert broken(tmp_path, {}) == ["contracts.rice.sold.v1: no longer published"]
    assert broken(tmp_path, {"contracts/events/contracts.rice.sold.v1.json": body}) == []
