"""Reasons and notes: stored as they are written, without citizen ids and never without anything to read."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.citizen import valid
from shared.free_text import FreeText

TEXT: TypeAdapter[str] = TypeAdapter(FreeText)
CITIZEN = next(f"110170020345{digit}" for digit in range(10) if valid(f"110170020345{digit}"))


def code_of(text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        TEXT.validate_python(text)
    return refused.value.errors()[0]["type"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff", "\u00ad"])
def test_a_citizen_id_is_found_between_signs_that_nobody_sees(hidden: str) -> None:
    assert code_of(f"บัตร {CITIZEN[:5]}{hidden}{CITIZEN[5:]}") == "citizen_id_in_text"


@pytest.mark.parametrize("text", ["\u200b", "\u200b\u00a0\u2060", "\x00"])
def test_a_reason_that_nobody_can_read_is_none(text: str) -> None:
    assert code_of(text) == "nothing_written"


@pytest.mark.parametrize("text", ["น้ำท่วม\nพื้นที่เพาะปลูก", "โทร 081-234-5678", ""])
def test_other_texts_stay_as_they_are_written(text: str) -> None:
    assert TEXT.validate_python(text) == text
