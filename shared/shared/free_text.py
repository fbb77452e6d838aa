"""What people write freely: reasons and notes, which are stored and shown as they are written."""

import re
from typing import Annotated

from pydantic import AfterValidator

from shared.citizen import valid
from shared.errors import invalid_value
from shared.thai import normalise_digits

_THIRTEEN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12}(?![0-9])")


def without_citizen_id(text: str) -> str:
    """Return the text; refused when it holds a citizen id (เลขประจำตัวประชาชน), whatever its digits.

    Citizen ids are stored encrypted only; a note is no way around that.
    """
    for found in _THIRTEEN.findall(normalise_digits(text)):
        if valid(re.sub("[ -]", "", found)):
            raise invalid_value(
                "citizen_id_in_text",
                "ห้ามเขียนเลขประจำตัวประชาชนในข้อความ",
                "must not hold a citizen id",
            )
    return text


FreeText = Annotated[str, AfterValidator(without_citizen_id)]
"""A text without citizen ids; give it its lengths where it is used."""
