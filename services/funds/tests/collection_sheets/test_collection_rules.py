"""A collection sheet of loans as it comes back: what is a receipt, and what is wrong at which place."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from funds.book_imports.workbook import Sheet
from funds.collection_sheets import rules
from funds.collection_sheets.rules import Lent, Read, item_id, read
from funds.documents.collection import BORROWER, CONTRACT, LOAN, RECEIPT
from shared.thai import name_key

FUND = UUID(int=9)
KNOWN = {
    "ส 1/2569": Lent(UUID(int=1), frozenset({name_key("นางแดง รักเรียน")})),
    "ส 2/2569": Lent(UUID(int=2), frozenset({name_key("นางเขียว ใจดี"), name_key("นายขาว ใจดี")})),
}
TITLES = [["ใบเก็บเงินกู้"], ["ที่", CONTRACT, BORROWER, LOAN, RECEIPT]]
DAENG = [1, "ส 1/2569", "นางแดง รักเรียน", 328, "ร 1"]
KHIAO = [2, "ส 2/2569", "นางเขียว ใจดี", "๓๒๔.๐๐", 2]


def sheet(*lines: list[Any]) -> Sheet:
    return Sheet("เงินกู้", visible=True, rows=[*TITLES, *lines])


def said(*lines: list[Any]) -> Read:
    found = read([Sheet("อื่น", visible=True, rows=[["ก"]]), sheet(*lines)], KNOWN)
    assert found is not None
    return found


def changed(line: list[Any], **changes: Any) -> list[Any]:
    """Return a row with other cells, named by letter."""
    return [changes.get(letter, cell) for letter, cell in zip("ABCDE", line, strict=True)]


def test_each_row_with_money_is_a_receipt_and_who_brought_nothing_is_left_out() -> None:
    found = said(changed(DAENG, D=None, E=None), KHIAO, [None, "รวม", None, None, None])
    (slip,) = found.slips
    assert (slip.row, slip.receipt_no, slip.amount, slip.loan_id) == (4, "2", 32_400, UUID(int=2))
    assert (found.total, list(found.wrong)) == (32_400, [])


def test_who_answers_for_a_loan_may_stand_for_who_borrowed() -> None:
    assert len(said(changed(KHIAO, C="นายขาว  ใจดี")).slips) == 1


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"E": None}, {("E4", "required")}),
        ({"D": None}, {("D4", "required")}),
        ({"B": None}, {("B4", "required")}),
        ({"D": "ร้อยบาท"}, {("D4", "not_an_amount")}),
        ({"D": -5}, {("D4", "negative")}),
        ({"D": 5.005}, {("D4", "too_many_places")}),
        ({"E": date(2026, 12, 1)}, {("E4", "receipt_is_a_date")}),
        ({"E": "ก" * 61}, {("E4", "too_long")}),
        ({"E": "ร ๑"}, {("E4", "receipt_twice")}),
        ({"B": "ส 3/2569"}, {("B4", "unknown_contract")}),
        ({"C": "นางแดง รักเรียน"}, {("C4", "another_borrower")}),
        ({"B": "ส 1/2569", "C": "นางแดง รักเรียน"}, {("B4", "contract_twice")}),
    ],
)
def test_a_row_that_is_no_receipt_says_where_and_why(
    changes: dict[str, Any], places: set[tuple[str, str]]
) -> None:
    found = said(DAENG, changed(KHIAO, **changes))
    assert {(one.place, one.code) for one in found.wrong} == places
    assert all(one.th and one.en for one in found.wrong)


@pytest.mark.parametrize(("total", "codes"), [("652.00", []), (None, []), (600, ["total_differs"])])
def test_a_total_that_is_written_is_the_sum_of_the_rows(total: Any, codes: list[str]) -> None:
    found = said(DAENG, KHIAO, ["รวม", None, None, total, None])
    assert [one.code for one in found.wrong] == codes


def test_a_sheet_of_more_rows_than_one_transaction_takes_is_to_be_divided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules, "MOST", 1)
    found = said(DAENG, KHIAO)
    assert [(one.place, one.code) for one in found.wrong] == [("D4", "too_many_rows")]
    assert len(found.slips) == 1


def test_a_row_has_the_same_id_again_and_another_one_when_it_says_something_else() -> None:
    (slip,) = said(DAENG).slips
    (other,) = said(changed(DAENG, D=327)).slips
    day = date(2026, 2, 15)
    assert item_id(FUND, slip, day) == item_id(FUND, slip._replace(row=9), day)
    assert (
        len({item_id(FUND, slip, day), item_id(FUND, other, day), item_id(FUND, slip, date(2026, 2, 16))})
        == 3
    )


def test_a_workbook_without_the_headings_is_no_collection_sheet() -> None:
    assert read([Sheet("ก", visible=True, rows=[["ที่", CONTRACT]])], KNOWN) is None
