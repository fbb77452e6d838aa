"""One household and its members, drawn from a seeded source.

The shares are set so that an edition is like a real one of the north-east: 3.66 persons a household,
about 18 % of households under the income line, about 30 % survey poor and 10 % target poor persons.
Citizen ids begin with 9, which is no kind of person in the civil registry (kinds are 0 to 8), and carry a
right check digit: an importer takes them, and none can ever be somebody's.
"""

# ruff: noqa: PLR2004 - the figures of an invented population stand where they are used

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Final

from shared.citizen import check_digit
from tools.demo_data.columns import PERSON_INDICATORS
from tools.demo_data.names import FEMALE, MALE, SURNAMES
from tools.demo_data.places import Village

INCOME_LINE: Final = 38_000  # baht a person and year, the survey's line of 2560-2564
_POOR: Final = 0.185
_CHILD_TITLE_BELOW: Final = 15
_ADULT: Final = 18
_AGED: Final = 60
_OLDEST: Final = 96

_SIZES: Final = list(accumulate((0.11, 0.1425, 0.2275, 0.2175, 0.16, 0.0875, 0.055)))
_HOUSE_FAILS: Final = (0.008, 0.012, 0.023, 0.026, 0.024, 0.012, 0.012, 0.02, 0.017, 0.0, 0.01, 0.015, 0.015)
_INCOME_AT: Final = 9  # place of i22 among the household's indicators
_PERSON_FAILS: Final = {
    "i03": 0.05, "i06": 0.034, "i07": 0.028, "i15": 0.01, "i16": 0.02, "i17": 0.06, "i18": 0.03, "i19": 0.015,
    "i20": 0.018, "i21": 0.025, "i24": 0.025, "i25": 0.03, "i26": 0.025, "i27": 0.03,
    "i28": 0.03, "i29": 0.015,
}  # fmt: skip
_AGES: Final = {  # which ages an indicator looks at, both ends included
    "i01": (0, 0), "i02": (0, 0), "i03": (0, 12), "i06": (35, 200), "i07": (6, 200), "i15": (3, 5),
    "i16": (6, 14), "i17": (15, 16), "i18": (17, 17), "i19": (15, 59), "i20": (15, 59), "i21": (60, 200),
    "i24": (0, 200), "i25": (0, 200), "i26": (6, 200), "i27": (60, 200),
}  # fmt: skip
_WORK: Final = (
    "rice", "rice", "rice", "field_crop", "field_crop", "orchard", "livestock", "fishery", "trade",
    "service", "labour", "labour", "own_business", "none",
)  # fmt: skip
_DAYS: Final = tuple(f"-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29))
_SPREAD: Final = 48_271_003_717  # odd and no multiple of 5: it reaches every number below 10^11 once


def citizen_id(number: int, seed: int) -> str:
    """Return the id of the number-th invented person of a seed; different numbers, different ids."""
    scattered = (number * _SPREAD + seed * 7_919_317) % 10**11
    twelve = f"9{scattered:011d}"
    return f"{twelve}{check_digit(twelve)}"


def _answers(age: int, *, disabled: bool, ill: bool) -> tuple[str, list[str], list[float]]:
    """Return all-passed answers, the variants with one failed, and the variants' running shares."""
    asked = {name: low <= age <= high for name, (low, high) in _AGES.items()} | {"i28": disabled, "i29": ill}
    passed = ["P" if asked[name] else "N" for name in PERSON_INDICATORS]
    variants: list[str] = []
    shares: list[float] = []
    for at, name in enumerate(PERSON_INDICATORS):
        if asked[name] and name in _PERSON_FAILS:
            variants.append(",".join([*passed[:at], "F", *passed[at + 1 :]]))
            shares.append(_PERSON_FAILS[name])
    return ",".join(passed), variants, list(accumulate(shares))


_ANSWERS: Final = {
    (age, disabled, ill): _answers(age, disabled=disabled, ill=ill)
    for age in range(_OLDEST + 1)
    for disabled in (False, True)
    for ill in (False, True)
}


class People:
    """Draws households one after another; keeps only the source and the running person number."""

    def __init__(self, *, seed: int, year: int, first_person: int = 0) -> None:
        self._random = Random(f"people {seed}").random  # noqa: S311 - repeatable on purpose
        self._seed = seed
        self._year = year
        self._number = first_person

    def household(self, house_id: str, village: Village) -> tuple[str, list[str], list[str]]:
        """Return the household's line, its members' lines and its lines of the welfare register."""
        draw = self._random
        size = bisect(_SIZES, draw()) + 1
        size = min(size, len(_SIZES))
        poor = draw() < _POOR
        per_head = 7_000 + draw() * 31_000 if poor else INCOME_LINE + 1_000 + draw() * draw() * 220_000
        line = self._house_line(house_id, village, size, int(per_head * size))
        surname = SURNAMES[int(draw() * len(SURNAMES))]
        persons: list[str] = []
        welfare: list[str] = []
        head_age, head_male = 28 + int(draw() * 52), draw() < 0.6
        for place in range(size):
            relation, age = ("head", head_age) if place == 0 else self._relation(place, head_age)
            # Half of the relatives are so by marriage and bear another name.
            other = relation == "relative" and draw() < 0.5
            name = SURNAMES[int(draw() * len(SURNAMES))] if other else surname
            male = head_male if place == 0 else not head_male if relation == "spouse" else draw() < 0.49
            persons.append(self._person(house_id, relation, age, name, male=male))
            if age >= _ADULT and draw() < (0.53 if poor else 0.23):
                verified = 1 if draw() < 0.94 else 0
                welfare.append(f"{persons[-1].split(',', 2)[1]},1,{verified}")
        return line, persons, welfare

    def _house_line(self, house_id: str, village: Village, size: int, income: int) -> str:
        draw = self._random
        main = int(income * (0.45 + draw() * 0.4))
        extra = int((income - main) * draw() * 0.6)
        other = int((income - main - extra) * draw())
        spent = int(income * (0.5 + draw() * 0.6))
        production, needs = int(spent * 0.3 * draw()), int(spent * (0.25 + 0.2 * draw()))
        wants = int((spent - production - needs) * 0.5 * draw())
        number = f"{1 + int(draw() * 400)}" + (f"/{1 + int(draw() * 20)}" if draw() < 0.3 else "")
        answers = ["F" if draw() < share else "P" for share in _HOUSE_FAILS]
        answers[_INCOME_AT] = "F" if income < INCOME_LINE * size else "P"
        return (
            f"{self._year},{house_id},{number},{village.code},"
            f"{village.lat + (draw() - 0.5) * 0.01:.6f},{village.lon + (draw() - 0.5) * 0.01:.6f},{size},"
            f"{main},{extra},{other},{income - main - extra - other},"
            f"{production},{needs},{wants},{spent - production - needs - wants},{','.join(answers)}"
        )

    def _relation(self, place: int, head_age: int) -> tuple[str, int]:
        draw = self._random
        choice = draw()
        if place == 1 and choice < 0.72:
            return "spouse", max(20, min(_OLDEST, head_age - 8 + int(draw() * 14)))
        choice = draw()
        if choice < 0.5:
            return "child", max(0, head_age - 18 - int(draw() * 22))
        if choice < 0.72 and head_age > 42:
            return "grandchild", int(draw() * max(1, min(25, head_age - 40)))
        if choice < 0.84 and head_age < 65:
            return "parent", min(_OLDEST, head_age + 18 + int(draw() * 15))
        return "relative", int(draw() * 80)

    def _person(self, house_id: str, relation: str, age: int, surname: str, *, male: bool) -> str:
        draw = self._random
        names = MALE if male else FEMALE
        disabled = draw() < (0.12 if age >= _AGED else 0.03)
        ill = draw() < (0.35 if age >= _AGED else 0.2 if age > 40 else 0.02)
        passed, variants, shares = _ANSWERS[age, disabled, ill]
        failed = draw()
        answers = variants[bisect(shares, failed)] if failed < shares[-1] else passed
        if age < _CHILD_TITLE_BELOW:
            prefix = "ด.ช." if male else "ด.ญ."
        elif male:
            prefix = "นาย"
        else:
            prefix = "นาง" if relation in {"spouse", "parent"} or age > 45 else "นางสาว"
        work = self._work(age)
        self._number += 1
        return (
            f"{house_id},{citizen_id(self._number, self._seed)},{prefix},"
            f"{names[int(draw() * len(names))]},{surname},{'M' if male else 'F'},"
            f"{self._year - 543 - age}{_DAYS[int(draw() * len(_DAYS))]},{relation},{work},"
            f"{int(disabled)},{int(ill)},{int(age >= _ADULT and draw() < 0.003)},{answers}"
        )

    def _work(self, age: int) -> str:
        if age < 6 or age > 75:
            return "none"
        if age < 19:
            return "student"
        return _WORK[int(self._random() * len(_WORK))]
