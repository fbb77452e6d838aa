"""Terms of committee members, for any days."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from households.committees.rules import Level, Role, Term, area_fits, same_person_twice, seat_taken

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2020, 3, 1))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    starts = draw(DAYS)
    ends = draw(st.none() | st.dates(min_value=starts, max_value=date(2020, 3, 1)))
    return Term(draw(st.sampled_from("ab")), draw(st.sampled_from(Role)), starts, ends)


@given(one=terms(), other=terms(), day=DAYS)
def test_terms_overlap_exactly_when_they_share_a_day(one: Term, other: Term, day: date) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    if one.covers(day) and other.covers(day):
        assert one.overlaps(other)
    if not one.overlaps(other):
        assert not (one.covers(day) and other.covers(day))


@given(term=terms(), others=st.lists(terms(), max_size=4), day=DAYS)
def test_nobody_holds_a_single_seat_beside_another(term: Term, others: list[Term], day: date) -> None:
    if seat_taken(term, others):
        assert term.role in {Role.CHAIR, Role.SECRETARY}
    elif term.role in {Role.CHAIR, Role.SECRETARY}:
        assert not any(other.role == term.role and other.covers(day) and term.covers(day) for other in others)


@given(term=terms(), others=st.lists(terms(), max_size=4), day=DAYS)
def test_one_person_sits_once_on_any_day(term: Term, others: list[Term], day: date) -> None:
    if not same_person_twice(term, others):
        sitting = [other for other in [term, *others] if other.subject == term.subject and other.covers(day)]
        assert term not in sitting or len([one for one in sitting if one is not term]) == 0


def test_a_term_covers_its_first_and_its_last_day() -> None:
    term = Term("a", Role.MEMBER, date(2020, 1, 2), date(2020, 1, 4))
    assert [term.covers(date(2020, 1, day)) for day in range(1, 6)] == [False, True, True, True, False]


def test_a_committee_stands_for_an_area_of_its_level() -> None:
    assert area_fits(Level.PROVINCE, "34")
    assert area_fits(Level.DISTRICT, "3415")
    assert area_fits(Level.TAMBON, "341501")
    assert area_fits(Level.VILLAGE, "34150101")
    assert not area_fits(Level.DISTRICT, "34")
