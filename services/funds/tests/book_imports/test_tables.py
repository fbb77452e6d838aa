"""Tables are found however a sheet is laid out, and everything that is wrong is said with its cell."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.book_imports import formulas, headings, linking
from funds.book_imports.checking import Checked, Frame, check
from funds.book_imports.linking import Known
from funds.book_imports.remaining import due_days, even, remaining
from funds.book_imports.rules import FAULTS, DebtorRow, Part, letters
from funds.ledger.chart import chart
from funds.ledger.rules import Account
from funds.products.rules import ProductTerms
from funds.schedules.rules import Method
from shared.ids import uuid7
from tests.book_imports.books import BALANCES, CUT_OFF, DEBTORS, Rows, changed, sheets_of, workbook

MEMBERS: Rows = (
    ("เลขที่สมาชิก", "คำนำหน้า", "ชื่อ", "นามสกุล", "เบอร์โทร", "สัจจะต่อเดือน (บาท)", "เงินสัจจะสะสม", "หุ้น (บาท)"),
    (1, "นาย", "บุญมี", "ใจดี", 812345678, 100, 5200, 1000),
    (2, "นางสาว", "มาลี", "สายทอง", "081-234-5679", 50, "๒,๖๐๐", 500),
    ("รวม", None, None, None, None, 150, 7800, 1500),
)
SAVED: Rows = (
    ("รหัสบัญชี", "จำนวนเงิน"),
    ("1010 เงินฝากธนาคาร", 10000),
    ("2200", 7800),
    ("หุ้น", 1500),
    ("กำไรสะสม", 700),
)


def checked(sheets: dict[str, Rows], *, kind: str = "poverty", cut_off: date = CUT_OFF) -> Checked:
    content = workbook(sheets)
    frame = Frame(
        cut_off_on=cut_off,
        area_code="34190102",
        max_rate=lambda _: Fraction(3, 20),
        kept=frozenset(chart(kind)),
        unread=formulas.unread(BytesIO(content)),
    )
    return check(sheets_of(content), frame)


def said(found: Checked) -> list[tuple[str | None, str]]:
    return [(fault.cell, fault.code) for fault in found.faults]


def test_a_heading_over_two_lines_with_merged_cells_is_understood() -> None:
    found = checked({"ลูกหนี้": DEBTORS, "งบ": BALANCES})
    assert said(found) == []
    assert found.tables[Part.DEBTORS].heading.columns == {
        "name": 1, "contract_no": 3, "contract_date": 4, "principal": 5, "outstanding": 6, "due_on": 7
    }  # fmt: skip
    assert [row.name for row in found.book.debtors] == ["นายบุญมี ใจดี", "นางสาวมาลี สายทอง"]


@given(st.randoms(use_true_random=False))
def test_the_order_of_columns_does_not_matter(random: Random) -> None:
    order = list(range(8))
    random.shuffle(order)
    shuffled = [[row[at] for at in order] for row in MEMBERS]
    found = checked({"สมาชิก": shuffled, "งบ": SAVED}, kind="savings")
    assert said(found) == []
    assert [(row.member_no, row.name, row.phone, row.savings) for row in found.book.members] == [
        ("1", "นายบุญมี ใจดี", "0812345678", 520_000),
        ("2", "นางสาวมาลี สายทอง", "0812345679", 260_000),
    ]


def test_balances_are_known_by_name_or_code_and_stand_on_their_own_side() -> None:
    found = checked({"สมาชิก": MEMBERS, "งบ": SAVED}, kind="savings")
    assert [(row.account, row.debit, row.credit) for row in found.book.balances] == [
        (Account.BANK, 1_000_000, 0),
        (Account.SAVINGS, 0, 780_000),
        (Account.SHARES, 0, 150_000),
        (Account.SURPLUS, 0, 70_000),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({(6, 6): "สองหมื่น"}, [("G6", "not_an_amount")]),
        ({(6, 6): 25000, (8, 6): 45000}, [("G6", "over_principal")]),
        ({(6, 4): "1/10/2565"}, [("E6", "after_cut_off")]),
        ({(6, 7): "30/9/2562"}, [("H6", "due_before_contract")]),
        ({(7, 3): "๑/๒๕๖๓"}, [("D7", "duplicate")]),
        ({(7, 3): None}, [("D7", "required")]),
        ({(6, 1): None, (6, 2): None}, [("B6", "required")]),
        ({(6, 1): "---", (6, 2): None}, [("B6", "not_a_name")]),
        ({(8, 5): 41000}, [("F8", "total_differs")]),
        ({(6, 5): 0, (6, 6): 0, (8, 5): 20000, (8, 6): 20000}, [("F6", "not_positive"), (None, "x")]),
    ],
)
def test_a_wrong_row_is_said_with_its_cell(
    cells: dict[tuple[int, int], Any], expected: Sequence[tuple[str | None, str]]
) -> None:
    found = checked({"ลูกหนี้": changed(DEBTORS, cells), "งบ": BALANCES})
    if expected[-1][1] == "x":  # the balances then differ from the register, as they should
        assert said(found)[0] == expected[0]
        assert {code for _, code in said(found)[1:]} == {"register_differs"}
    else:
        assert said(found) == expected


def test_personal_values_are_not_repeated() -> None:
    members = changed(MEMBERS, {(2, 4): "เบอร์ 12345"})
    found = checked({"สมาชิก": members, "งบ": SAVED}, kind="savings")
    assert [(fault.code, fault.field, fault.value) for fault in found.faults] == [
        ("not_a_phone", "phone", None)
    ]


def test_a_rate_above_the_cap_is_refused_and_the_cap_itself_taken() -> None:
    heading: list[Any] = ["ผู้กู้", "วันที่กู้", "เงินกู้", "คงเหลือ", "อัตราดอกเบี้ย", "ครบกำหนด"]
    rows: Rows = [
        heading,
        ["ก ข", "1/10/2563", 100, 60, "15.01%", "1/10/2566"],
        ["ค ง", "1/10/2563", 100, 40, 15, "1/10/2566"],
    ]
    balances: Rows = [["รายการ", "เดบิต", "เครดิต"], ["ลูกหนี้", 100, None], ["ทุน", None, 100]]
    found = checked({"ก": rows, "ข": balances}, kind="savings")
    assert said(found) == [("E2", "rate_above_cap")]


def test_paid_and_left_add_up_to_what_was_lent() -> None:
    heading: list[Any] = ["ผู้กู้", "วันที่กู้", "เงินกู้", "ชำระแล้ว", "คงเหลือ", "ครบกำหนด"]
    rows: Rows = [heading, ["ก ข", "1/10/2563", 100, 30, 60, "1/10/2566"]]
    balances: Rows = [["รายการ", "เดบิต", "เครดิต"], ["ลูกหนี้", 60, None], ["ทุน", None, 60]]
    assert said(checked({"ก": rows, "ข": balances})) == [("E2", "does_not_add_up")]


def test_page_totals_may_be_of_the_page_or_running_and_signatures_are_no_rows() -> None:
    heading: list[Any] = ["ผู้กู้", "สัญญาเลขที่", "วันที่กู้", "เงินกู้", "คงเหลือ", "ครบกำหนด"]
    one = ["ก ข", "1", "1/10/2563", 100, 60, "1/10/2566"]
    two = ["ค ง", "2", "1/10/2563", 100, 40, "1/10/2566"]
    rows: Rows = [
        heading, one, ["รวมหน้านี้", None, None, 100, 60, None],
        ["ยอดยกมา", None, None, 100, 60, None], two,
        ["รวมทั้งสิ้น 2 ราย", None, None, 200, 100, None], ["(นางบุญมี ใจดี)"], ["เหรัญญิก"],
    ]  # fmt: skip
    balances: Rows = [["รายการ", "เดบิต", "เครดิต"], ["ลูกหนี้", 100, None], ["ทุน", None, 100]]
    found = checked({"ก": rows, "ข": balances})
    assert (said(found), len(found.book.debtors)) == ([], 2)


def test_several_instalments_past_the_last_day_need_the_next_one() -> None:
    heading: list[Any] = ["ผู้กู้", "วันที่กู้", "เงินกู้", "คงเหลือ", "ครบกำหนด", "เหลืองวด", "งวดถัดไป"]
    late = ["ก ข", "1/10/2563", 100, 60, "1/10/2564", 2, None]
    balances: Rows = [["รายการ", "เดบิต", "เครดิต"], ["ลูกหนี้", 60, None], ["ทุน", None, 60]]
    assert said(checked({"ก": [heading, late], "ข": balances})) == [("G2", "next_due_missing")]
    told = [*late[:6], "1/4/2564"]
    assert said(checked({"ก": [heading, told], "ข": balances})) == []


def test_debtors_of_whom_nothing_is_left_are_counted_and_not_taken() -> None:
    settled = changed(DEBTORS, {(6, 6): "-", (8, 6): 20000})
    found = checked({"ลูกหนี้": settled, "งบ": changed(BALANCES, {(4, 1): 259000, (5, 1): 20000})})
    assert (said(found), found.book.settled, len(found.book.debtors)) == ([], 1, 1)


@pytest.mark.parametrize(
    ("balances", "expected"),
    [
        (changed(BALANCES, {(3, 1): 2000, (7, 1): 281000}), ["unbalanced"]),
        (changed(BALANCES, {(3, 0): "เงินหาย"}), ["account_unknown"]),
        (changed(BALANCES, {(3, 0): "หุ้น"}), ["account_not_kept"]),
        (changed(BALANCES, {(3, 2): 5, (7, 2): 280005}), ["two_sides"]),
    ],
)
def test_balances_that_cannot_be_are_said(balances: Rows, expected: list[str]) -> None:
    assert [code for _, code in said(checked({"ลูกหนี้": DEBTORS, "งบ": balances}))] == expected


def test_what_is_missing_of_a_book_is_said() -> None:
    first = checked({"งบ": BALANCES}).faults[0]
    assert (first.code, first.field) == ("part_missing", "debtors")
    assert [(fault.code, fault.field) for fault in checked({"ลูกหนี้": DEBTORS}).faults] == [
        ("part_missing", "balances")
    ]
    without = [row[:7] for row in DEBTORS]
    found = checked({"ลูกหนี้": without, "งบ": BALANCES})
    assert [(fault.code, fault.value) for fault in found.faults] == [("column_missing", "วันครบกำหนด")]
    twice = checked({"ก": DEBTORS, "ข": DEBTORS, "งบ": BALANCES})
    assert [fault.code for fault in twice.faults] == ["part_twice"]
    assert checked({"ปก": [["สมุดบัญชี"]], "ลูกหนี้": DEBTORS, "งบ": BALANCES}).ignored_sheets == ["ปก"]


def test_two_columns_of_one_meaning_are_refused() -> None:
    doubled = changed(DEBTORS, {(3, 8): "หนี้คงเหลือ"})
    assert said(checked({"ลูกหนี้": doubled, "งบ": BALANCES}))[0] == ("I4", "column_twice")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (date(1963, 10, 1), "too_long_ago"),  # 1/10/63, read as a Christian year by the spreadsheet
        ("1/10/1963", "too_long_ago"),
        ("1/10/63", None),
        (date(2563, 10, 1), None),
        ("2563-10-01 00:00:00", None),
    ],
)
def test_a_year_of_two_digits_that_a_spreadsheet_misread_is_told(cell: Any, code: str | None) -> None:
    found = checked({"ลูกหนี้": changed(DEBTORS, {(6, 4): cell}), "งบ": BALANCES})
    assert said(found) == ([] if code is None else [("E6", code)])


def test_a_formula_that_nobody_calculated_is_told_and_not_read_as_nothing() -> None:
    members = changed(MEMBERS, {(2, 6): "=5000+200"})
    found = checked({"สมาชิก": members, "งบ": SAVED}, kind="savings")
    assert said(found)[0] == ("G2", "not_calculated")


class TestWhoIsWho:
    """Debtors and registers are linked by number, else by name."""

    def linked(self, members: Rows, debtors: Rows, known: Sequence[Known] = ()) -> tuple[Checked, Any]:
        found = checked({"ส": members, "ล": debtors, "งบ": BALANCES}, kind="savings")
        found.faults.clear()
        return found, linking.link(found, known)

    def test_by_number_and_name(self) -> None:
        found, people = self.linked(MEMBERS, DEBTORS)
        assert (found.faults, len(people.new)) == ([], 2)
        assert people.of_debtor == {6: people.of_member[2], 7: people.of_member[3]}

    def test_a_name_of_several_needs_the_number(self) -> None:
        twins = [*MEMBERS[:3], (3, "นาย", "บุญมี", "ใจดี", None, 0, 0, 0)]
        found, _ = self.linked(twins, DEBTORS)
        assert [(one.cell, one.code, one.value) for one in found.faults] == [("B6", "member_ambiguous", None)]

    def test_two_of_one_name_are_not_both_the_member_of_that_name(self) -> None:
        twins = [*MEMBERS[:3], (None, "นาย", "บุญมี", "ใจดี", None, 0, 0, 0)]
        one = changed(twins, {(2, 0): None})
        known = Known(uuid7(), "1", "บุญมีใจดี")
        found, people = self.linked(one, DEBTORS, [known])
        assert [(one.line, one.code) for one in found.faults] == [(4, "member_ambiguous")]
        assert people.of_member[2] == known.id
        numbered = changed(one, {(4, 0): 1})  # by name, then by number
        assert [one.code for one in self.linked(numbered, DEBTORS, [known])[0].faults] == ["member_ambiguous"]

    def test_a_debtor_who_is_no_member_is_said(self) -> None:
        found, _ = self.linked(MEMBERS, changed(DEBTORS, {(6, 1): "นายแปลก"}))
        assert [(one.cell, one.code) for one in found.faults] == [("B6", "member_unknown")]

    def test_who_is_a_member_already_stays_who_she_is(self) -> None:
        known = Known(uuid7(), "1", "บุญมีใจดี")
        found, people = self.linked(MEMBERS, DEBTORS, [known])
        assert (found.faults, len(people.new), people.of_debtor[6]) == ([], 1, known.id)
        other = Known(uuid7(), "1", "คนอื่น")
        found, _ = self.linked(MEMBERS, DEBTORS, [other])
        assert found.faults[0].code == "member_differs"


def a_debtor(**changes: Any) -> DebtorRow:
    facts: dict[str, Any] = {
        "line": 1, "contract_no": "1", "member_no": None, "name": "ก", "contract_date": date(2020, 10, 1),
        "principal": 2_000_000, "outstanding": 1_000_001, "annual_rate": None, "due_on": date(2023, 9, 30),
    }  # fmt: skip
    return DebtorRow(**{**facts, **changes})


def terms(rate: Fraction = Fraction(0), method: Method = Method.INTEREST_FREE) -> ProductTerms:
    kind: Any = "savings"
    return ProductTerms(
        product_id=uuid7(), code="X", fund_kind=kind, category=kind, borrower=kind,
        valid_from=date(2020, 1, 1), annual_rate=rate, method=method,
    )  # fmt: skip


class TestWhatIsStillToCome:
    """Instalments of an open loan, from what a register says."""

    def test_one_instalment_where_only_the_last_day_is_known(self) -> None:
        assert remaining(a_debtor(), terms=terms(), cut_off_on=CUT_OFF) == [(date(2023, 9, 30), 1_000_001, 0)]

    def test_months_between_the_next_and_the_last(self) -> None:
        row = a_debtor(next_due_on=date(2023, 7, 31), left=3)
        assert remaining(row, terms=terms(), cut_off_on=CUT_OFF) == [
            (date(2023, 7, 31), 333_333, 0), (date(2023, 8, 31), 333_333, 0), (date(2023, 9, 30), 333_335, 0)
        ]  # fmt: skip

    def test_instalments_lie_evenly_after_the_cut_off_where_the_next_one_is_not_told(self) -> None:
        row = a_debtor(outstanding=600_000, due_on=date(2023, 9, 30), left=2)
        assert [one.due_on for one in remaining(row, terms=terms(), cut_off_on=CUT_OFF)] == [
            date(2023, 3, 30), date(2023, 9, 30)
        ]  # fmt: skip
        uneven = a_debtor(outstanding=600_000, due_on=date(2022, 11, 15), left=3)
        assert [one.due_on for one in remaining(uneven, terms=terms(), cut_off_on=CUT_OFF)] == [
            date(2022, 10, 15), date(2022, 10, 30), date(2022, 11, 15)
        ]  # fmt: skip

    @given(st.integers(1, 4000), st.integers(1, 600))
    def test_no_instalment_made_up_falls_due_before_the_cut_off(self, span: int, left: int) -> None:
        row = a_debtor(due_on=date.fromordinal(CUT_OFF.toordinal() + span), left=min(left, span))
        days = [one.due_on for one in remaining(row, terms=terms(), cut_off_on=CUT_OFF)]
        assert (len(days), days[-1]) == (row.left, row.due_on)
        assert days[0] >= CUT_OFF
        assert days == sorted(days)

    def test_interest_that_the_register_knows_is_taken_as_it_is(self) -> None:
        row = a_debtor(interest_left=101, next_due_on=date(2023, 3, 31), left=2)
        assert [one.interest for one in remaining(row, terms=terms(Fraction(1, 10)), cut_off_on=CUT_OFF)] == [
            50,
            51,
        ]

    def test_interest_by_days_from_the_cut_off_on_what_is_left(self) -> None:
        row = a_debtor(outstanding=1_000_000, annual_rate=Fraction(73, 1000), due_on=date(2022, 10, 10))
        assert remaining(row, terms=terms(), cut_off_on=CUT_OFF)[0].interest == 2_000
        flat = remaining(row, terms=terms(method=Method.FLAT), cut_off_on=CUT_OFF)
        assert flat[0].interest == 4_000

    def test_past_its_last_day_a_loan_bears_no_interest_of_ours(self) -> None:
        row = a_debtor(annual_rate=Fraction(3, 20), due_on=date(2021, 9, 30))
        assert remaining(row, terms=terms(), cut_off_on=CUT_OFF) == [(date(2021, 9, 30), 1_000_001, 0)]

    @given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 4000), st.integers(1, 1200))
    def test_days_go_from_the_first_to_the_last_in_order(self, first: date, span: int, count: int) -> None:
        last = date.fromordinal(first.toordinal() + span)
        days = due_days(first, last, min(count, span + 1))
        assert (days[-1], days == sorted(days), len(days)) == (last, True, min(count, span + 1))

    @given(st.integers(0, 10**12), st.integers(1, 1200))
    def test_parts_sum(self, amount: int, parts: int) -> None:
        assert (sum(even(amount, parts)), len(even(amount, parts))) == (amount, parts)


def test_every_heading_means_one_thing_in_its_table() -> None:
    for table in headings._data()["tables"].values():  # noqa: SLF001  # the data as it is written
        words = [headings.normal(word) for words in table["fields"].values() for word in words]
        assert all(words)
        owners = {headings.normal(w): name for name, ws in table["fields"].items() for w in ws}
        for name, listed in table["fields"].items():
            assert {owners[headings.normal(word)] for word in listed} == {name}
        assert {name for names in table["required"] for name in names} <= table["fields"].keys()


def test_every_fault_is_told_in_both_languages() -> None:
    assert all(th and en for th, en in FAULTS.values())


@pytest.mark.parametrize(("column", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_a_spreadsheet_does(column: int, expected: str) -> None:
    assert letters(column) == expected
