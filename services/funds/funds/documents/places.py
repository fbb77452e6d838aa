"""Places as papers write them, from official area codes."""

from functools import cache
from typing import Final

from shared.areas import catalogue

_BANGKOK: Final = "10"
_WORDS: Final = {2: "จังหวัด", 4: "อำเภอ", 6: "ตำบล"}
_WORDS_OF_BANGKOK: Final = {2: "", 4: "เขต", 6: "แขวง"}
_VILLAGE: Final = 8


@cache
def _names() -> dict[str, str]:
    return {area.code: area.name_th for area in catalogue()}


def place(area_code: str) -> str:
    """Write an area out: 34150109 is "หมู่ที่ 9 ตำบล… อำเภอ… จังหวัด…"; unknown parts are left out."""
    words = _WORDS_OF_BANGKOK if area_code.startswith(_BANGKOK) else _WORDS
    parts = [f"หมู่ที่ {int(area_code[6:])}"] if len(area_code) == _VILLAGE else []
    for length in (6, 4, 2):
        name = _names().get(area_code[:length]) if len(area_code) >= length else None
        if name:
            parts.append(f"{words[length]}{name}")
    return " ".join(parts)
