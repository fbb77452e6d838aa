"""Errors planted into an edition: ten kinds of rejected rows, and three spellings that must be tolerated."""

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A rejected row: file, line (1 = first data line), column and code."""

    file: str
    line: int
    column: str
    code: str


def _set(column: str, value: str) -> Callable[[Row], None]:
    return lambda row: row.__setitem__(column, value)


def _wrong_digit(row: Row) -> None:
    row["citizen_id"] = row["citizen_id"][:12] + str((int(row["citizen_id"][12]) + 1) % 10)


_HOUSEHOLD_KINDS: Final = (
    ("village_code", "unknown_area", _set("village_code", "99999999")),
    ("income_main", "negative_amount", _set("income_main", "-500")),
    ("members", "not_a_number", _set("members", "สี่")),
    ("i08", "bad_code", _set("i08", "X")),
    ("house_id", "missing", _set("house_id", "")),
)
_PERSON_KINDS: Final = (
    ("citizen_id", "bad_check_digit", _wrong_digit),
    ("birth_date", "bad_date", _set("birth_date", "2565-13-40")),
    ("house_id", "unknown_household", _set("house_id", "00000000000")),
    ("sex", "bad_code", _set("sex", "Q")),
)
_THAI: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def plant(folder: Path, *, errors: int, seed: int) -> list[dict[str, Any]]:
    """Spoil `errors` rows of the edition's CSV files, half households and half persons, in turn of kind.

    The last kind, a doubled citizen id, adds a line at the end of persons. Three more rows get spellings
    that are no errors. Returns the list for expected.json. ValueError if the edition is too small.
    """
    rng = Random(f"planted {seed}")  # noqa: S311 - repeatable on purpose
    households, persons = _read(folder / "households.csv"), _read(folder / "persons.csv")
    if errors > min(len(households), len(persons)) // 4:
        raise ValueError("too many errors for so small an edition")
    planted: list[Planted] = []
    house_lines = rng.sample(range(len(households)), (errors + 1) // 2)
    kept = {row["house_id"] for row in households} - {households[at]["house_id"] for at in house_lines}
    for turn, at in enumerate(house_lines):
        column, code, spoil = _HOUSEHOLD_KINDS[turn % len(_HOUSEHOLD_KINDS)]
        planted.append(Planted("households", at + 1, column, code))
        spoil(households[at])
    _plant_persons(persons, kept, errors // 2, rng, planted)
    _write(folder / "households.csv", households)
    _write(folder / "persons.csv", persons)
    return [asdict(error) for error in planted]


def _plant_persons(
    persons: list[Row], kept: set[str], errors: int, rng: Random, planted: list[Planted]
) -> None:
    """Spoil persons of accepted households only, so that no row is wrong for two reasons."""
    free = [at for at, row in enumerate(persons) if row["house_id"] in kept and row["relation"] != "head"]
    lines = rng.sample(free, errors + 4)
    kinds = len(_PERSON_KINDS) + 1
    for turn, at in enumerate(lines[:errors]):
        if turn % kinds == kinds - 1:
            persons.append(dict(persons[at]))
            planted.append(Planted("persons", len(persons), "citizen_id", "duplicate"))
            continue
        column, code, spoil = _PERSON_KINDS[turn % kinds]
        spoil(persons[at])
        planted.append(Planted("persons", at + 1, column, code))
    if errors:
        thai, dashed, day_first, blank = (persons[at] for at in lines[errors:])
        thai["citizen_id"] = thai["citizen_id"].translate(_THAI)
        number = dashed["citizen_id"]
        dashed["citizen_id"] = f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}"
        year, month, day = day_first["birth_date"].split("-")
        day_first["birth_date"] = f"{int(day)}/{int(month)}/{int(year) + 543}"
        blank["first_name"] = f" {blank['first_name']}  "


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
