"""Cells as people fill them are read exactly, or refused with what is wrong."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.book_imports import values
from funds.book_imports.values import BadCell
from shared.dates import be_string, thai_string
from shared.money import MAX_SATANG

THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    ("cell", "satang"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        (328, 32_800),
        (328.0, 32_800),
        (1234.56, 123_456),
        (0.1 + 0.2, 30),
        ("๓,๓๕๐,๒๐๐.๐๐", 335_020_000),
        ("23,951,565.00 บาท", 2_395_156_500),
        ("5,000.-", 500_000),
        ("1 500.5", 150_050),
        ("-", 0),
        ("ไม่มี", 0),
        (".50", 50),
    ],
)
def test_an_amount_is_read_to_the_satang(cell: Any, satang: int | None) -> None:
    assert values.amount(cell) == satang


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("100.005", "too_many_places"),
        (333.333, "too_many_places"),
        (-5, "negative"),
        ("(500.00)", "negative"),
        ("-500", "negative"),
        ("1,00", "not_an_amount"),
        ("12 ราย", "not_an_amount"),
        ("1e5", "not_an_amount"),
        (True, "not_an_amount"),
        (date(2022, 1, 1), "not_an_amount"),
        (float("inf"), "not_an_amount"),
        (1e16, "too_large"),
        ("99999999999999999", "too_large"),
    ],
)
def test_what_is_no_amount_says_why(cell: Any, code: str) -> None:
    with pytest.raises(BadCell) as bad:
        values.amount(cell)
    assert bad.value.code == code


@given(st.integers(min_value=0, max_value=10**12))
def test_every_amount_survives_however_it_is_written(satang: int) -> None:
    written = f"{satang // 100:,}.{satang % 100:02d}"
    assert values.amount(written) == satang
    assert values.amount(written.translate(THAI)) == satang
    assert values.amount(satang / 100) == satang


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_any_cell_is_an_amount_or_refused(cell: Any) -> None:
    for read in (values.amount, values.day, values.rate, values.count):
        try:
            found = read(cell)
        except BadCell:
            continue
        if read is values.amount and found is not None:
            assert 0 <= found <= MAX_SATANG  # type: ignore[operator]  # it is an amount


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (None, None),
        ("-", None),
        ("31/12/2565", date(2022, 12, 31)),
        ("๓๑ ธ.ค. ๖๕", date(2022, 12, 31)),
        ("๓๑ ธันวาคม พ.ศ. ๒๕๖๕", date(2022, 12, 31)),
        ("1/10/65", date(2022, 10, 1)),
        ("1-10-2565", date(2022, 10, 1)),
        ("2022-12-31", date(2022, 12, 31)),
        ("29/2/2567", date(2024, 2, 29)),
        (date(2022, 12, 31), date(2022, 12, 31)),
        (datetime(2022, 12, 31, 9, 30), date(2022, 12, 31)),  # noqa: DTZ001  # a sheet's own
        (date(2565, 12, 31), date(2022, 12, 31)),
        (44926, date(2022, 12, 31)),
        (44926.0, date(2022, 12, 31)),
        (243_253, date(2022, 12, 31)),
    ],
)
def test_a_day_is_read_in_either_era(cell: Any, day: date | None) -> None:
    assert values.day(cell) == day


@pytest.mark.parametrize(
    "cell", ["32/1/2565", "31/2/65", "ธ.ค. 65", "1/10/265", 12, 0.5, True, date(2564, 2, 29)]
)
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(BadCell):
        values.day(cell)


@given(st.dates(min_value=date(1957, 1, 1), max_value=date(2056, 12, 31)))
def test_every_day_survives_however_it_is_written(day: date) -> None:
    for written in (be_string(day), thai_string(day), day.isoformat()):
        assert values.day(written) == values.day(written.translate(THAI)) == day
    assert values.day(f"{day.day}/{day.month}/{(day.year + 543) % 100:02d}") == day


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        (None, None),
        (15, Fraction(3, 20)),
        ("15%", Fraction(3, 20)),
        ("ร้อยละ ๑๒", Fraction(3, 25)),
        ("0.1%", Fraction(1, 1000)),
        (7.5, Fraction(3, 40)),
        (0, Fraction(0)),
        ("-", Fraction(0)),
    ],
)
def test_a_rate_is_read_as_per_cent_a_year(cell: Any, rate: Fraction | None) -> None:
    assert values.rate(cell) == rate


def test_a_number_below_one_may_be_a_cell_of_per_cent_and_is_asked_about() -> None:
    with pytest.raises(BadCell) as bad:
        values.rate(0.15)
    assert bad.value.code == "rate_unclear"


@pytest.mark.parametrize(("cell", "count"), [("๑๘ งวด", 18), (18.0, 18), (None, None), ("", None)])
def test_a_count_of_instalments_is_read(cell: Any, count: int | None) -> None:
    assert values.count(cell) == count


@pytest.mark.parametrize("cell", [0, 1201, 1.5, "สิบ", True])
def test_what_is_no_count_is_refused(cell: Any) -> None:
    with pytest.raises(BadCell):
        values.count(cell)
