"""What differs between two editions: rows changed by a seeded source, and the differences counted."""

from random import Random
from typing import Final

from tools.demo_data.columns import HOUSEHOLDS, PERSONS

_VILLAGE: Final = HOUSEHOLDS.index("village_code")
_MEMBERS: Final = HOUSEHOLDS.index("members")
_MAIN: Final = HOUSEHOLDS.index("income_main")
_LIVING: Final = HOUSEHOLDS.index("i08")
_INCOME: Final = HOUSEHOLDS.index("i22")
_RELATION: Final = PERSONS.index("relation")
_WORK: Final = PERSONS.index("occupation")
_FITNESS: Final = PERSONS.index("i07")
_MOVED: Final = 0.1  # of the changed households
_LEFT: Final = 0.1  # of the changed persons
_ELSEWHERE: Final = 0.05


def change_households(lines: list[str], *, changed: float, year: int, rng: Random) -> list[str]:
    """Return the households of the new edition: some with another income or answer, a tenth moved."""
    new = [f"{year},{line.split(',', 1)[1]}" for line in lines]
    villages = sorted({line.split(",", 4)[3] for line in lines})
    for at in rng.sample(range(len(new)), round(changed * len(new))):
        row = new[at].split(",")
        if rng.random() < _MOVED and len(villages) > 1:
            row[_VILLAGE] = rng.choice([code for code in villages if code != row[_VILLAGE]])
        elif rng.random() < 0.5:  # noqa: PLR2004 - half a new income, half another answer
            row[_MAIN] = str(int(row[_MAIN]) + 1_000 + int(rng.random() * 30_000))
            total = sum(int(part) for part in row[_MAIN : _MAIN + 4])
            row[_INCOME] = "F" if total < 38_000 * int(row[_MEMBERS]) else "P"
        else:
            row[_LIVING] = "P" if row[_LIVING] == "F" else "F"
        new[at] = ",".join(row)
    return new


def change_persons(lines: list[str], households: list[str], *, changed: float, rng: Random) -> list[str]:
    """Return the persons of the new edition; `households` gets the member counts of who left and moved.

    Heads stay, so that every house keeps exactly one.
    """
    house_at = {line.split(",", 2)[1]: at for at, line in enumerate(households)}
    houses = list(house_at)
    new: list[str | None] = list(lines)
    for at in rng.sample(range(len(new)), round(changed * len(new))):
        row = lines[at].split(",")
        choice = rng.random()
        if choice < _LEFT + _ELSEWHERE and row[_RELATION] != "head":
            _add_members(households, house_at[row[0]], -1)
            if choice < _LEFT:
                new[at] = None
                continue
            row[0] = rng.choice(
                [house for house in (rng.choice(houses), rng.choice(houses)) if house != row[0]]
            )
            row[_RELATION] = "relative"
            _add_members(households, house_at[row[0]], 1)
        elif row[_FITNESS] in {"P", "F"}:
            row[_FITNESS] = "P" if row[_FITNESS] == "F" else "F"
        else:
            row[_WORK] = "none" if row[_WORK] == "student" else "student"
        new[at] = ",".join(row)
    return [line for line in new if line is not None]


def compare(
    old_households: list[str], households: list[str], old_persons: list[str], persons: list[str]
) -> dict[str, int]:
    """Count rows that differ (the edition year left out), moved and left, by their keys."""
    houses = {(row := line.split(",", 2))[1]: row[2] for line in old_households}
    people = {line.split(",", 2)[1]: line for line in old_persons}
    counts = dict.fromkeys(
        ("households_changed", "households_moved", "persons_changed", "persons_moved", "persons_left"), 0
    )
    for line in households:
        _, house, rest = line.split(",", 2)
        if houses[house] != rest:
            counts["households_changed"] += 1
            counts["households_moved"] += houses[house].split(",")[1] != rest.split(",")[1]
    for line in persons:
        old = people.pop(line.split(",", 2)[1])
        if old != line:
            counts["persons_changed"] += 1
            counts["persons_moved"] += old.split(",", 1)[0] != line.split(",", 1)[0]
    counts["persons_left"] = len(people)
    return counts


def _add_members(households: list[str], at: int, number: int) -> None:
    row = households[at].split(",")
    row[_MEMBERS] = str(int(row[_MEMBERS]) + number)
    total = sum(int(part) for part in row[_MAIN : _MAIN + 4])
    row[_INCOME] = "F" if total < 38_000 * int(row[_MEMBERS]) else "P"
    households[at] = ",".join(row)
