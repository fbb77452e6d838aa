"""The scoring engine, on the instruments that the services ship."""

from fractions import Fraction
from importlib.resources import files
from itertools import product
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.instruments import BadInstrument, Instrument, load, parse
from shared.scoring import (
    BadAnswer,
    choose_level,
    compare,
    level_of,
    score,
    share_level,
    two_places,
)

HOUSEHOLDS = load("households")
OTOP = load("otop")
SERVICES = ("households", "funds", "otop", "tourism")


def passing(instrument: Instrument, number: int) -> dict[str, int]:
    return {item.code: int(at < number) for at, item in enumerate(instrument.items)}


def activities(*per_area: int) -> dict[str, int]:
    """Answers of a household that does so many of the three activities in each area."""
    return {
        f"{area}.{at}": int(at <= done) for area, done in enumerate(per_area, start=1) for at in (1, 2, 3)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_shipped_instrument_says_where_it_comes_from(service: str) -> None:
    for code, instrument in load(service).items():
        assert instrument.code == code
        assert instrument.source
        assert instrument.confidence in {"high", "medium", "low"}
        assert instrument.title.th
        assert instrument.title.en


@pytest.mark.parametrize(
    ("passed", "level"),
    [
        (0, None),
        (9, None),
        (10, "พออยู่ พอกิน"),
        (16, "พออยู่ พอกิน"),
        (17, "อยู่ดี กินดี"),
        (22, "อยู่ดี กินดี"),
        (23, "มั่งมี ศรีสุข"),
    ],
)
def test_a_village_is_named_by_how_many_of_23_indicators_it_passes(passed: int, level: str | None) -> None:
    instrument = HOUSEHOLDS["MOI_VILLAGE_4_23"]
    result = score(instrument, passing(instrument, passed))
    assert result.value == passed
    assert (result.level.title.th if result.level else None) == level


@pytest.mark.parametrize(
    ("done", "passed"),
    [((2, 2, 2), True), ((3, 3, 3), True), ((2, 2, 1), False), ((3, 3, 1), False), ((3, 3, 0), False)],
)
def test_a_household_passes_with_two_activities_in_each_of_three_areas(
    done: tuple[int, int, int], *, passed: bool
) -> None:
    assert score(HOUSEHOLDS["SEP_HOUSEHOLD_3_9"], activities(*done)).passed is passed


@pytest.mark.parametrize(
    ("households", "of", "level"),
    [
        (21, 30, "ระดับดี"),
        (20, 30, None),
        (24, 30, "ระดับดีมาก"),
        (27, 30, "ระดับดีเด่น"),
        (69_999, 100_000, None),
        (0, 0, None),
    ],
)
def test_a_village_is_named_by_its_share_of_passing_households(
    households: int, of: int, level: str | None
) -> None:
    reached = share_level(HOUSEHOLDS["SEP_HOUSEHOLD_3_9"], passing=households, of=of)
    assert (reached.title.th if reached else None) == level


def test_exactly_11_of_the_64_patterns_pass_the_six_criteria_of_a_developed_product() -> None:
    kbo = OTOP["KBO_SIX"]
    patterns = [dict(zip("123456", pattern, strict=True)) for pattern in product((0, 1), repeat=6)]
    results = [score(kbo, pattern) for pattern in patterns]
    assert sum(result.passed is True for result in results) == 11
    for result, pattern in zip(results, patterns, strict=True):
        if result.passed:
            assert pattern["1"] == pattern["2"] == 1
        else:
            assert result.level is None


def test_stars_follow_the_points() -> None:
    opc = OTOP["OTOP_PRODUCT_CHAMPION"]
    assert sum(item.points or 0 for item in opc.items) == 100
    for points, stars in ((0, "1"), (49, "1"), (50, "2"), (70, "3"), (89, "4"), (90, "5"), (100, "5")):
        level = level_of(opc, points)
        assert level is not None
        assert level.code == stars
    full = score(opc, {item.code: item.points for item in opc.items})
    assert full.value == full.percent == 100
    assert full.by_group == {"A": 30, "B": 25, "C": 45}


@pytest.mark.parametrize(
    ("chosen", "quadrant"),
    [
        ({"1.1", "2.1", "3.1", "4.1", "5.1"}, "A"),
        ({"1.2", "2.2", "3.3", "4.2", "5.4"}, "B"),
        ({"1.2", "2.3", "3.2", "4.3", "5.3"}, "C"),
        ({"1.3", "2.1", "3.1", "4.1", "5.1"}, "D"),
        ({"1.1", "2.1", "3.3", "4.1", "5.1"}, None),
    ],
)
def test_a_product_stands_in_the_quadrant_of_its_five_answers(chosen: set[str], quadrant: str | None) -> None:
    level = choose_level(OTOP["OTOP_QUADRANT"], chosen)
    assert (level.code if level else None) == quadrant


def test_an_option_outside_the_quadrants_is_refused() -> None:
    with pytest.raises(BadAnswer, match="unknown_option"):
        choose_level(OTOP["OTOP_QUADRANT"], {"1.1", "6.1"})


def test_a_tourism_community_is_weighted_50_30_20() -> None:
    nawatwithi = load("tourism")["NAWATWITHI_CLASS"]
    result = score(nawatwithi, {"1": 80, "2": 50, "3": 100})
    assert two_places(result.value) == "75.00"
    assert result.level is None  # its cut-offs were not found
    with pytest.raises(BadAnswer, match="out_of_scale"):
        score(nawatwithi, {"1": 101})


def test_the_happiness_of_62_39_after_62_40_has_not_risen() -> None:
    before, after = Fraction("62.40"), Fraction("62.39")
    assert compare(before, after) == "fallen"
    assert compare(before, before) == "same"
    assert compare(after, before) == "risen"


def test_the_mean_counts_only_answered_items() -> None:
    form = HOUSEHOLDS["GVH_PCRU_30"]
    result = score(form, {"1.1": 5, "1.2": 4})
    assert result.value == Fraction(9, 2)
    assert result.percent == 90
    assert len(result.missing) == 28


def test_who_nobody_is_of_does_not_count() -> None:
    survey = HOUSEHOLDS["JPT_2560_2564"]
    result = score(survey, {"1": None, "4": 1, "5": 0})
    assert result.value == 1
    assert result.percent == 50


@pytest.mark.parametrize(
    ("answers", "item", "code"),
    [
        ({"9.9": 1}, "9.9", "unknown_item"),
        ({"1.1": 2}, "1.1", "out_of_scale"),
        ({"1.1": True}, "1.1", "out_of_scale"),
    ],
)
def test_an_answer_the_instrument_does_not_know_is_refused_by_name(
    answers: dict[str, int], item: str, code: str
) -> None:
    with pytest.raises(BadAnswer) as refused:
        score(HOUSEHOLDS["MOI_VILLAGE_4_23"], answers)
    assert (refused.value.item, refused.value.code) == (item, code)


def test_two_items_of_one_code_are_refused() -> None:
    form = orjson.loads(files("funds").joinpath("data/instruments/LOAN_RISK.json").read_bytes())
    assert parse(form).items
    form["groups"][0]["items"].append(form["groups"][0]["items"][0])
    with pytest.raises(BadInstrument, match="one code"):
        parse(form)


@pytest.mark.parametrize("broken", [{}, {"code": "X"}, {"code": "X", "scoring": {"method": "guess"}}])
def test_a_file_that_is_no_instrument_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BadInstrument):
        parse(broken)


@given(st.lists(st.integers(0, 1), min_size=23, max_size=23))
def test_one_more_passed_indicator_never_lowers_the_level(pattern: list[int]) -> None:
    instrument = HOUSEHOLDS["MOI_VILLAGE_4_23"]
    codes = [item.code for item in instrument.items]
    before = score(instrument, dict(zip(codes, pattern, strict=True)))
    for at, answer in enumerate(pattern):
        if not answer:
            after = score(instrument, dict(zip(codes, [*pattern[:at], 1, *pattern[at + 1 :]], strict=True)))
            assert after.value == before.value + 1
            assert int(after.level.code if after.level else 0) >= int(
                before.level.code if before.level else 0
            )


@given(st.fractions())
def test_two_places_are_half_up_away_from_zero(value: Fraction) -> None:
    written = two_places(value)
    assert abs(Fraction(written) - value) <= Fraction(1, 200)
    assert not written.startswith("-0.00")
