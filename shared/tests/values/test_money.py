"""Money: satang inside, decimal strings outside; percentages half up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.money import MAX_SATANG, Baht, BahtNotNegative, BahtOut, BahtPositive, baht, percent, satang


class Payment(BaseModel):
    amount: Baht


class Receipt(BaseModel):
    amount: BahtOut


def test_the_31_projects_of_the_example_province_are_read_and_written() -> None:
    assert satang("2261012.00") == 226_101_200
    assert baht(226_101_200) == "2261012.00"


@given(st.integers(-MAX_SATANG, MAX_SATANG))
def test_what_is_written_is_read_again(amount: int) -> None:
    assert satang(baht(amount)) == amount


@pytest.mark.parametrize(
    "text",
    ["1", "1.0", "1.000", "01.00", "1,000.00", " 1.00", "1.00 ", "+1.00", "-0.00", "1e3", "NaN", "๑.๐๐",
     "", "10000000000000.00", "9" * 5_000 + ".00"],
)  # fmt: skip
def test_money_is_exactly_two_places_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="decimal string"):
        satang(text)


@pytest.mark.parametrize("value", [100, 100.0, True, None, ["1.00"]])
def test_a_json_number_is_not_money(value: object) -> None:
    with pytest.raises(ValidationError):
        Payment.model_validate({"amount": value})


def test_an_answer_is_made_from_satang_and_written_as_baht() -> None:
    assert Receipt(amount=500_000).model_dump_json() == '{"amount":"5000.00"}'
    assert Payment.model_validate({"amount": "5000.00"}).amount == 500_000


def test_an_amount_may_have_to_be_positive() -> None:
    assert TypeAdapter(BahtPositive).validate_python("0.01") == 1
    assert TypeAdapter(BahtNotNegative).validate_python("0.00") == 0
    for kind, text in ((BahtPositive, "0.00"), (BahtNotNegative, "-0.01")):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(text)


def test_the_schema_says_a_string_in_and_out() -> None:
    for mode in ("validation", "serialization"):
        assert TypeAdapter(Baht).json_schema(mode=mode)["type"] == "string"


def test_21_of_82_funds_is_25_61_per_cent() -> None:
    assert percent(21, 82) == "25.61"
    assert percent(20, 30) == "66.67"
    assert percent(1, 8) == "12.50"
    assert percent(1, 20_000) == "0.01"  # 0.005 rounds up
    assert percent(0, 0) is None


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_percentage_is_at_most_half_a_hundredth_off_and_never_below(part: int, whole: int) -> None:
    written = percent(part, whole)
    assert written is not None
    off = Fraction(written) - Fraction(part * 100, whole)
    assert -Fraction(1, 200) < off <= Fraction(1, 200)


def test_a_negative_share_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        percent(-1, 10)
