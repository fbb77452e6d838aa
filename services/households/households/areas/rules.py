"""What an area code and an area name say by themselves."""

from collections.abc import Collection

LEVELS = (2, 4, 6, 8)
"""Digits of a code: province, district, tambon, village."""

_PREFIXES = (
    "จังหวัด",
    "อำเภอ",
    "กิ่งอำเภอ",
    "เขต",
    "ตำบล",
    "แขวง",
    "หมู่บ้าน",
    "บ้าน",
    "จ.",
    "อ.",
    "ต.",
    "บ.",
)


def parent_of(code: str) -> str | None:
    """Return the code of the area that holds this one; None for a province."""
    return code[:-2] or None


def path_of(code: str) -> list[str]:
    """Return the codes from the province down to `code` itself."""
    return [code[:length] for length in LEVELS if length <= len(code)]


def bare_name(name: str) -> str:
    """Return a name without the word for its kind: ตำบลโนนกุง → โนนกุง; a name that is only that word stays."""
    for prefix in _PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix) + 1:
            return name.removeprefix(prefix).strip()
    return name


def grams(*keys: str) -> list[str]:
    """Return the distinct three-letter parts of names, with a blank at either end, sorted."""
    return sorted({f" {key} "[at : at + 3] for key in keys for at in range(max(len(key), 1))})


def likeness(question: Collection[str], name: Collection[str]) -> float:
    """Return how much two sets of parts have in common (Dice), 0 to 1."""
    common = len(set(question) & set(name))
    return 2 * common / (len(question) + len(name)) if question and name else 0.0


def village_name(code: str) -> str:
    """Return what a village is called before its name is known: หมู่ที่ 9."""
    return f"หมู่ที่ {int(code[6:])}"
