"""What differs between two editions: rows changed by a seeded source, and the differences counted."""

from collections.abc import Collection
from random import Random
from typing import Final

from tools.demo_data.columns import HOUSEHOLDS, PERSONS
from tools.demo_data.people import INCOME_LINE

_VILLAGE: Final = HOUSEHOLDS.index("village_code")
_MEMBERS: Final = HOUSEHOLDS.index("members")
_MAIN: Final = HOUSEHOLDS.index("income_main")
_WANTS: Final = HOUSEHOLDS.index("expense_wants")
_LIVING: Final = HOUSEHOLDS.index("i08")  # and the three after it
_INCOME: Final = HOUSEHOLDS.index("i22")
_RELATION: Final = PERSONS.index("relation")
_WORK: Final = PERSONS.index("occupation")
_FITNESS: Final = PERSONS.index("i07")
_MOVED: Final = 0.1  # of the changed households
_OTHER_INCOME: Final = 0.4
_OTHER_EXPENSE: Final = 0.8
_LEFT: Final = 0.1  # of the changed persons
_ELSEWHERE: Final = 0.05
_UNFIT: Final = 0.2


def renew(lines: list[str], *, year: int) -> list[str]:
    """Return the households of another edition year, otherwise the same."""
    return [f"{year},{line.split(',', 1)[1]}" for line in lines]


def change_households(new: list[str], touched: Collection[int], *, share: float, rng: Random) -> None:
    """Change rows until that share differs: a tenth moved, the others with another figure or answer.

    `touched` are the places of rows that differ already, because members came or left.
    """
    villages = sorted({line.split(",", 4)[3] for line in new})
    free = [at for at in range(len(new)) if at not in touched]
    for at in rng.sample(free, max(0, round(share * len(new)) - len(touched))):
        row = new[at].split(",")
        choice = rng.random()
        if choice < _MOVED and len(villages) > 1:
            row[_VILLAGE] = rng.choice([code for code in villages if code != row[_VILLAGE]])
        elif choice < _OTHER_INCOME:
            row[_MAIN] = str(
                max(0, int(row[_MAIN]) + 1_000 + int(rng.random() * 30_000) * rng.choice((-1, 1)))
            )
            _decide_income(row)
        elif choice < _OTHER_EXPENSE:
            row[_WANTS] = str(int(row[_WANTS]) + 500 + int(rng.random() * 5_000))
        else:
            answer = _LIVING + int(rng.random() * 4)
            row[answer] = "P" if row[answer] == "F" else "F"
        new[at] = ",".join(row)


def change_persons(
    lines: list[str], households: list[str], *, share: float, rng: Random
) -> tuple[list[str], set[int]]:
    """Return the persons of the new edition, and the places of households whose members came or left.

    `households` gets the new member counts. Heads stay, so that every house keeps exactly one.
    """
    touched: set[int] = set()
    house_at = {line.split(",", 2)[1]: at for at, line in enumerate(households)}
    houses = list(house_at)
    new: list[str | None] = list(lines)
    for at in rng.sample(range(len(new)), round(share * len(new))):
        row = lines[at].split(",")
        choice = rng.random()
        if choice < _LEFT + _ELSEWHERE and row[_RELATION] != "head":
            touched.add(_add_members(households, house_at[row[0]], -1))
            if choice < _LEFT:
                new[at] = None
                continue
            row[0] = rng.choice(
                [house for house in (rng.choice(houses), rng.choice(houses)) if house != row[0]]
            )
            row[_RELATION] = "relative"
            touched.add(_add_members(households, house_at[row[0]], 1))
        elif row[_FITNESS] == "F" or (row[_FITNESS] == "P" and choice < _UNFIT):
            row[_FITNESS] = "P" if row[_FITNESS] == "F" else "F"
        else:
            row[_WORK] = "none" if row[_WORK] == "student" else "student"
        new[at] = ",".join(row)
    return [line for line in new if line is not None], touched


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


def _add_members(households: list[str], at: int, number: int) -> int:
    row = households[at].split(",")
    row[_MEMBERS] = str(int(row[_MEMBERS]) + number)
    _decide_income(row)
    households[at] = ",".join(row)
    return at


def _decide_income(row: list[str]) -> None:
    total = sum(int(part) for part in row[_MAIN : _MAIN + 4])
    row[_INCOME] = "F" if total < INCOME_LINE * int(row[_MEMBERS]) else "P"
