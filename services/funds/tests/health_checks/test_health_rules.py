"""What a health check gives: counts, levels, mandatory items; which editions are forms at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.health_checks.editions import check
from funds.health_checks.errors import NotAHealthInstrument
from funds.health_checks.rules import Unfit, outcome, unfit, year_fits
from shared.instruments import load, parse
from shared.scoring import BadAnswer
from tests.health_checks.forms import CODES, an_edition


def test_the_shipped_forms_are_incomplete_and_give_no_level() -> None:
    shipped = load("funds")
    for code in ("KKK_GOVERNANCE_18", "SAVINGS_GOVERNANCE_21"):
        form = shipped[code]
        assert (form.incomplete, form.items, unfit(form)) == (True, (), None)
        assert outcome(form, {}).level is None


@pytest.mark.parametrize(("passed", "level"), [(0, 1), (9, 1), (10, 2), (14, 2), (15, 3), (18, 3)])
def test_the_level_is_that_of_the_number_of_items_passed(passed: int, level: int) -> None:
    answers = {code: int(at < passed) for at, code in enumerate(CODES)}
    found = outcome(parse(an_edition()), answers)
    assert (found.passed, found.items, found.level, found.missing) == (passed, 18, level, ())


def test_a_mandatory_item_not_passed_holds_the_fund_at_level_one() -> None:
    answers: dict[str, int | None] = {**dict.fromkeys(CODES, 1), "G.18": 0}
    found = outcome(parse(an_edition(mandatory=("G.18",))), answers)
    assert (found.passed, found.level, found.mandatory_failed) == (17, 1, ("G.18",))


def test_there_is_no_level_while_an_item_is_unanswered() -> None:
    found = outcome(parse(an_edition()), dict.fromkeys(CODES[:-1], 1))
    assert (found.level, found.missing) == (None, ("G.18",))


@given(st.dictionaries(st.sampled_from(CODES), st.sampled_from([0, 1, None])))
def test_more_items_passed_never_lower_the_level(answers: dict[str, int | None]) -> None:
    form = parse(an_edition())
    whole = {**dict.fromkeys(CODES, 0), **answers}
    before = outcome(form, whole)
    for code in CODES:
        after = outcome(form, {**whole, code: 1})
        assert before.level is not None
        assert after.level is not None
        assert after.level >= before.level
        assert after.passed == before.passed + (whole[code] != 1)


@pytest.mark.parametrize("answers", [{"G.99": 1}, {"G.1": 2}])
def test_an_answer_off_the_form_is_refused(answers: dict[str, int]) -> None:
    with pytest.raises(BadAnswer):
        outcome(parse(an_edition()), answers)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"scoring": {"method": "mean"}}, Unfit.METHOD),
        ({"scale": []}, Unfit.METHOD),
        ({"levels": an_edition()["levels"][:2]}, Unfit.LEVELS),
        ({"levels": an_edition(cuts=(0, 15, 10))["levels"]}, Unfit.LEVELS),
        ({"levels": an_edition(cuts=(1, 10, 15))["levels"]}, Unfit.LEVELS),
        ({"levels": an_edition(cuts=(0, 10, 19))["levels"]}, Unfit.LEVELS),
        ({"groups": an_edition(items=17)["groups"]}, Unfit.ITEMS),
        ({"groups": an_edition(items=19)["groups"], "incomplete": True}, Unfit.ITEMS),
    ],
)
def test_an_edition_that_is_not_the_official_form_is_unfit(changes: dict[str, Any], fault: Unfit) -> None:
    assert unfit(parse({**an_edition(), **changes})) is fault


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": "GVH"}, "/content/code"),
        ({"version": 1}, "/content/version"),
        ({"version": "two"}, "/content"),
        ({"version": "2"}, "/content"),
        ({"scale": [{"value": "0"}, {"value": "1"}]}, "/content"),
        ({"valid_years_be": ["2569", "2570"]}, "/content"),
        ({"levels": an_edition(cuts=("0", "10", "15"))["levels"]}, "/content"),  # type: ignore[arg-type]  # as sent
        ({"title": {"th": "ไทย"}}, "/content"),
        ({"groups": "none"}, "/content"),
        ({"scoring": {"method": "mean"}}, "/content/scoring"),
    ],
)
def test_what_is_no_edition_is_refused_where_it_is_wrong(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(NotAHealthInstrument) as refused:
        check({**an_edition(), **changes})
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_a_check_is_of_the_year_of_its_day_or_of_the_one_just_ended() -> None:
    from datetime import date  # noqa: PLC0415  # named beside its one use

    day = date(2025, 10, 1)
    assert [year for year in range(2560, 2580) if year_fits(year, day)] == [2568, 2569]
