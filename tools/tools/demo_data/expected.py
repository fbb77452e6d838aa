"""What an importer must reach: counted straight from the rows, with none of the services' code."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from tools.demo_data.columns import DIMENSIONS

_TOTALS: Final = (
    "persons_accepted", "persons_rejected", "persons_orphaned_by_rejected_household",
    "survey_poor", "welfare_registered_poor", "target_poor",
)  # fmt: skip
_TOLERATED: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", "- ")


def count(folder: Path, rejected: Collection[tuple[str, int]] = ()) -> dict[str, Any]:
    """Return the results of the edition in a folder, in the names of the import job.

    `rejected` are (file, line) of the rows that an importer must refuse, line 1 the first data line.
    """
    refused = frozenset(rejected)
    households = _households(folder / "households.csv", refused)
    welfare = _welfare(folder / "welfare.csv")
    totals = Counter[str]()
    survey, target, district, tambon = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    poor_houses: set[str] = set()
    for person in _persons(folder / "persons.csv", refused, households, totals):
        failed, status = person.failed, welfare.get(person.citizen_id)
        if not failed:
            continue
        totals["survey_poor"] += 1
        survey.update(failed)
        poor_houses.add(person.house_id)
        if status is not None:
            totals["welfare_registered_poor"] += 1
        if status:
            totals["target_poor"] += 1
            target.update(failed)
            district[person.village_code[:4]] += 1
            tambon[person.village_code[:6]] += 1
    return {
        "households_accepted": len(households),
        "households_rejected": sum(file == "households" for file, _ in refused),
        **{name: totals[name] for name in _TOTALS},
        "by_dimension_target_poor": {name: target[name] for name in DIMENSIONS},
        "by_dimension_survey_poor": {name: survey[name] for name in DIMENSIONS},
        "by_district": dict(sorted(district.items())),
        "by_tambon": dict(sorted(tambon.items())),
        "poor_households": len(poor_houses),
    }


class _Person(NamedTuple):
    """An accepted person, with the dimensions that she or her household fails."""

    citizen_id: str
    house_id: str
    village_code: str
    failed: set[str]


def _persons(
    path: Path,
    refused: Collection[tuple[str, int]],
    households: Mapping[str, tuple[str, frozenset[str]]],
    totals: Counter[str],
) -> Iterator[_Person]:
    """Read accepted persons; the others are only counted."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        own = _places(header)
        house_at, id_at = header.index("house_id"), header.index("citizen_id")
        for line, row in enumerate(rows, start=1):
            house = households.get(row[house_at])
            if ("persons", line) in refused:
                totals["persons_rejected"] += 1
            elif house is None:
                totals["persons_orphaned_by_rejected_household"] += 1
            else:
                totals["persons_accepted"] += 1
                failed = {name for name, places in own if any(row[place] == "F" for place in places)}
                yield _Person(_plain(row[id_at]), row[house_at], house[0], failed | house[1])


def _households(path: Path, refused: Collection[tuple[str, int]]) -> dict[str, tuple[str, frozenset[str]]]:
    """Return accepted houses: id → village code and the dimensions the house itself fails."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        own = _places(header)
        house_at, village_at = header.index("house_id"), header.index("village_code")
        for line, row in enumerate(rows, start=1):
            if ("households", line) not in refused:
                failed = frozenset(name for name, places in own if any(row[place] == "F" for place in places))
                found[row[house_at]] = row[village_at], failed
    return found


def _welfare(path: Path) -> dict[str, bool]:
    """Return registered persons: id → verified."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["citizen_id"]: row["verified"] == "1"
            for row in csv.DictReader(file)
            if row["registered"] == "1"
        }


def _plain(citizen_id: str) -> str:
    """Return the id with Thai digits and dashes undone, which an edition may hold and must not matter."""
    return citizen_id if citizen_id.isascii() and citizen_id.isdigit() else citizen_id.translate(_TOLERATED)


def _places(header: list[str]) -> list[tuple[str, list[int]]]:
    """Return each dimension with the columns of this file that belong to it."""
    return [
        (name, [header.index(indicator) for indicator in indicators if indicator in header])
        for name, indicators in DIMENSIONS.items()
    ]
