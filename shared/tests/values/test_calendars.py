"""Buddhist-era texts beside ISO dates: which fields, which words, and how the document tells of them."""

from datetime import date, datetime
from typing import Annotated

import orjson
import pytest
from pydantic import Field
from starlette.responses import Response

from shared import calendars
from shared.paging import Page
from shared.schemas import Schema


class Branch(Schema):
    """A tree."""

    planted_on: Annotated[date | None, Field(examples=["2020-10-05"])]
    branches: list["Branch"] = Field(default_factory=list)
    holidays: list[date] = Field(default_factory=list)
    name: str = ""


class Seen(Schema):
    """A tree and when it was seen."""

    seen_at: datetime
    tree: Branch | None


def added(value: object, *names: str) -> object:
    response = calendars.add(Response(orjson.dumps(value), media_type="application/json"), frozenset(names))
    assert response.headers["content-length"] == str(len(response.body))
    return orjson.loads(response.body)


def test_dates_are_found_in_pages_lists_trees_and_unions() -> None:
    assert calendars.dated(Page[Seen]) == {"seen_at", "planted_on", "holidays"}
    assert calendars.dated(dict[str, int] | None) == calendars.dated(None) == frozenset()


def test_a_date_gets_its_written_form_beside_it_never_instead() -> None:
    assert added({"items": [{"on": "2020-10-05", "name": "2020-10-05"}]}, "on") == {
        "items": [{"on": "2020-10-05", "on_be": "5 ตุลาคม 2563", "name": "2020-10-05"}]
    }


def test_no_date_has_no_text_and_several_have_each_theirs() -> None:
    assert added({"on": None, "off": ["2020-01-01"]}, "on", "off") == {
        "on": None,
        "on_be": None,
        "off": ["2020-01-01"],
        "off_be": ["1 มกราคม 2563"],
    }


@pytest.mark.parametrize("iso", ["2020-12-31T17:05:59.5Z", "2021-01-01T00:05:59+07:00"])
def test_a_moment_is_told_in_thai_time_where_the_year_begins_seven_hours_earlier(iso: str) -> None:
    assert added({"at": iso}, "at") == {"at": iso, "at_be": "1 มกราคม 2564 00:05 น."}


def test_what_only_has_the_name_of_a_date_has_no_text() -> None:
    assert added({"at": "soon", "inner": {"at": 3}}, "at") == {
        "at": "soon",
        "at_be": None,
        "inner": {"at": 3, "at_be": None},
    }


def test_files_and_empty_answers_stay_as_they_are() -> None:
    file = Response(b"on\r\n2020-10-05\r\n", media_type="text/csv")
    assert calendars.add(file, frozenset({"on"})).body == b"on\r\n2020-10-05\r\n"
    assert calendars.add(Response(status_code=204), frozenset({"on"})).body == b""


def test_a_schema_with_dates_of_bodies_and_answers_alike_is_a_mistake() -> None:
    shape = {"$ref": "#/components/schemas/Both"}
    operation = {"requestBody": shape, "responses": {"200": shape}, "parameters": []}
    schemas = {"Both": {"properties": {"on": {"format": "date"}}}}
    with pytest.raises(ValueError, match="Both"):
        calendars.describe({"components": {"schemas": schemas}}, [operation])
