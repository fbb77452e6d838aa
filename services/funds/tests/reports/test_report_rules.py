"""What a report's rates are, which areas a caller's report covers, and what a chart draws."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.reports.charts import Bar, Series, bars, columns
from funds.reports.rules import ranges, rates
from shared.areas import covers

CODE = st.integers(0, 4).flatmap(
    lambda pairs: st.lists(st.sampled_from(["10", "34", "35"]), min_size=pairs, max_size=pairs).map("".join)
)


def figures(**known: int) -> dict[str, int]:
    return {"outstanding": 0, "repaid": 0, "overdue": 0, "par30": 0, "par60": 0, "par90": 0, **known}


def test_par_is_whole_outstanding_principal_of_late_loans_over_outstanding() -> None:
    found = rates(figures(outstanding=82_00, par30=21_00, par60=1_00, par90=0))
    assert (found.par30_percent, found.par60_percent, found.par90_percent) == ("25.61", "1.22", "0.00")


def test_the_repayment_rate_is_of_what_was_repaid_and_what_is_overdue() -> None:
    assert rates(figures(repaid=300, overdue=100)).repayment_rate == "75.00"
    assert rates(figures(repaid=300)).repayment_rate == "100.00"


@pytest.mark.parametrize("row", [figures(), figures(repaid=-5)])
def test_of_nothing_and_of_more_taken_back_than_repaid_there_is_no_rate(row: dict[str, int]) -> None:
    found = rates(row)
    assert (found.repayment_rate, found.par30_percent) == (None, None)


@given(areas=st.lists(CODE, max_size=4), area=CODE, code=st.text("0123456789", min_size=6, max_size=8))
def test_a_report_covers_what_is_in_the_area_and_in_the_callers(
    areas: list[str], area: str, code: str
) -> None:
    lows, highs = ranges(areas, area)
    seen = [low <= code < high for low, high in zip(lows, highs, strict=True)]
    assert sum(seen) == (covers(areas, code) and code.startswith(area))


AMOUNT = st.integers(-(10**9), 10**13)
NAME = st.text(max_size=40).filter(lambda text: text.isprintable())


@given(title=NAME, rows=st.lists(st.builds(Bar, NAME, AMOUNT), max_size=50))
def test_bars_are_an_svg_that_stays_in_its_frame(title: str, rows: list[Bar]) -> None:
    picture = ET.fromstring(bars(title, rows))  # noqa: S314  # our own
    drawn = list(picture.iter("{http://www.w3.org/2000/svg}rect"))[1:]  # after the background
    widths = [int(rect.get("width", "")) for rect in drawn]
    assert len(widths) == len(rows)
    assert all(0 <= width <= 800 for width in widths)


@given(st.integers(0, 12).flatmap(lambda n: st.lists(st.lists(AMOUNT, min_size=n, max_size=n), max_size=3)))
def test_columns_are_an_svg_too(amounts: list[list[int]]) -> None:
    places = [str(2560 + at) for at in range(len(amounts[0]) if amounts else 0)]
    picture = columns("รายปี", places, [Series("ให้กู้ & คืน <", one) for one in amounts])
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314  # our own
