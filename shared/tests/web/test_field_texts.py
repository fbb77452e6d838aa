"""A field that is written wrongly is told how it is written, in plain words."""

from datetime import date
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import Field, ValidationError

from shared.free_text import FreeText
from shared.problems import field_errors
from shared.schemas import Schema


class Written(Schema):
    day: date
    id: UUID
    number: int
    reason: Annotated[FreeText, Field(min_length=1)]
    lines: Annotated[list[int], Field(min_length=1)]


def test_a_field_that_is_written_wrongly_is_told_how_it_is_written() -> None:
    with pytest.raises(ValidationError) as wrong:
        Written.model_validate({"day": "24/8/2569", "id": "x", "number": "x", "reason": " ", "lines": []})
    located = [{**one, "loc": ("body", *one["loc"])} for one in wrong.value.errors()]
    assert {one.pointer: (one.code, one.detail_en) for one in field_errors(located)} == {
        "/day": ("wrong_type", "must be a day such as 2026-08-24"),
        "/id": ("wrong_type", "must be an id (UUID)"),
        "/number": ("wrong_type", "must be a whole number"),
        "/reason": ("too_short", "is empty or too short"),
        "/lines": ("too_few", "has too few items"),
    }
