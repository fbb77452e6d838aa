"""What people write freely: reasons and notes, which are stored and shown as they are written."""

import re
from typing import Annotated

from pydantic import AfterValidator

from shared.citizen import valid
from shared.errors import invalid_value
from shared.thai import clean_text, normalise_digits

_THIRTEEN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12}(?![0-9])")


def without_citizen_id(text: str) -> str:
    """Return the text; refused when it holds a citizen id (เลขประจำตัวประชาชน), whatever its digits.

    Citizen ids are stored encrypted only; a note is no way around that, nor are signs that nobody sees, put
    between its digits. A text of such signs alone is no reason for anything and is refused too.
    """
    seen = normalise_digits(clean_text(text))
    if text and not seen:
        raise invalid_value("nothing_written", "ไม่มีข้อความที่อ่านได้", "has nothing to read")
    for found in _THIRTEEN.findall(seen):
        if valid(re.sub("[ -]", "", found)):
            raise invalid_value(
                "citizen_id_in_text",
                "ห้ามเขียนเลขประจำตัวประชาชนในข้อความ",
                "must not hold a citizen id",
            )
    return text


FreeText = Annotated[str, AfterValidator(without_citizen_id)]
"""A text without citizen ids; give it its lengths where it is used."""
