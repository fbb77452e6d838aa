"""The four books of the poverty fund and the books of any fund, read again with a spreadsheet's eyes."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from funds.documents.books import (
    AccountBooks,
    DebtorLine,
    HandOver,
    JournalLine,
    PovertyBooks,
    TargetHousehold,
    TrialLine,
    VillageState,
    account_books,
    poverty_books,
)
from funds.documents.facts import FundFacts, Movement

FUND = FundFacts(name="กข.คจ. บ้านศรีไค", place="หมู่ที่ 9 ตำบลเมืองศรีไค อำเภอวารินชำราบ จังหวัดอุบลราชธานี")
SINCE, UNTIL = date(2022, 10, 1), date(2023, 9, 30)
BANK = [
    Movement(on=SINCE, document="ฝ 1", text="รับเงินทุน", paid_in=280_000_00, paid_out=0, balance=280_000_00),
    Movement(
        on=date(2022, 10, 5),
        document="ถ 1",
        text="จ่ายเงินยืม",
        paid_in=0,
        paid_out=20_000_00,
        balance=260_000_00,
    ),
]
DEBTORS = [
    DebtorLine(
        name="นางสมหญิง น้ำใจดี", contract_no="1/2566", on=date(2023, 4, 5), document="ร 1", text="ส่งใช้คืน",
        lent=0, repaid=3_333_33, balance=16_666_67,
    ),
    DebtorLine(
        name="นางสมหญิง น้ำใจดี", contract_no="1/2566", on=date(2022, 10, 5), document="จ 1", text="ยืม",
        lent=20_000_00, repaid=0, balance=20_000_00,
    ),
]  # fmt: skip
POVERTY = PovertyBooks(
    fund=FUND,
    since=SINCE,
    until=UNTIL,
    state=VillageState(
        on=UNTIL,
        capital=280_000_00,
        cash=0,
        bank=263_333_33,
        debtors=16_666_67,
        overdue=0,
        target_households=12,
        borrowing_households=1,
        committee=("นายบุญ มา ประธาน", "นางคำ ดี เหรัญญิก"),
    ),
    handovers=[
        HandOver(
            on=date(2023, 1, 9), from_whom="นายบุญ มา", to_whom="นายมี สุข", cash=0, bank=260_000_00,
            debtors=20_000_00,
        )
    ],
    households=[
        TargetHousehold(
            name="นางสมหญิง น้ำใจดี", house_no="12", contract_no="1/2566", lent_on=date(2022, 10, 5),
            purpose="เลี้ยงไก่", lent=20_000_00, due_on=date(2025, 10, 5), repaid=3_333_33,
        ),
        TargetHousehold(name="นายรอ คิว"),
    ],
    bank=BANK,
    debtors=DEBTORS,
)  # fmt: skip


def read(book: bytes) -> dict[str, list[list[Any]]]:
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in load_workbook(BytesIO(book)).worksheets
    }


def test_the_poverty_fund_has_its_four_books_in_their_colours() -> None:
    sheets = read(poverty_books(POVERTY))
    assert [name.split()[0] for name in sheets] == ["น้ำตาล", "ม่วง", "เขียว", "เหลือง"]
    for rows in sheets.values():
        assert rows[1][0] == FUND.name
        assert rows[2][0] == FUND.place


def test_the_brown_book_tells_the_villages_state_and_every_hand_over() -> None:
    rows = read(poverty_books(POVERTY))["น้ำตาล สถานะหมู่บ้าน"]
    lines = [row[0] for row in rows]
    assert "เงินทุนที่ได้รับ (บาท): 280,000.00" in lines
    assert "คณะกรรมการ กข.คจ. หมู่บ้าน: นายบุญ มา ประธาน, นางคำ ดี เหรัญญิก" in lines
    assert rows[-1][1:5] == ["นายบุญ มา", "นายมี สุข", 0, 260000]


def test_the_purple_book_shows_who_borrowed_and_what_is_left() -> None:
    rows = read(poverty_books(POVERTY))["ม่วง ทะเบียนครัวเรือน"]
    assert rows[-3][:4] == [1, "นางสมหญิง น้ำใจดี", "12", "1/2566"]
    assert rows[-3][4] == datetime(2022, 10, 5)  # noqa: DTZ001  # a sheet's dates have no zone
    assert rows[-3][6:] == [20000, datetime(2025, 10, 5), 3333.33, 16666.67]  # noqa: DTZ001  # likewise
    assert rows[-2][1] == "นายรอ คิว"
    assert rows[-1][0] == "รวม"
    assert rows[-1][6:] == [20000, None, 3333.33, 16666.67]


def test_the_green_book_ends_with_what_the_bank_holds() -> None:
    rows = read(poverty_books(POVERTY))["เขียว เงินฝากธนาคาร"]
    assert [row[5] for row in rows[-3:-1]] == [280000, 260000]
    assert rows[-1][3:5] == [280000, 20000]


def test_the_yellow_book_goes_through_each_debtor_by_day() -> None:
    rows = read(poverty_books(POVERTY))["เหลือง คุมลูกหนี้"]
    assert [row[4] for row in rows[-3:-1]] == ["ยืม", "ส่งใช้คืน"]
    assert rows[-1][5:7] == [20000, 3333.33]


def test_dates_are_shown_in_the_buddhist_era_and_money_with_two_places() -> None:
    sheet = load_workbook(BytesIO(poverty_books(POVERTY)))["เขียว เงินฝากธนาคาร"]
    row = list(sheet.iter_rows())[-2]
    assert row[0].number_format == "[$-107041E]d mmm yyyy"
    assert row[5].number_format == "#,##0.00"


def test_a_fund_has_cash_book_journal_ledger_debtors_and_a_trial_balance_that_agrees() -> None:
    journal = [
        JournalLine(
            on=date(2022, 10, 5), number=2, document="จ 1", account=code, account_name=name, text="จ่ายเงินยืม",
            debit=debit, credit=credit,
        )
        for code, name, debit, credit in (("1100", "ลูกหนี้", 20_000_00, 0), ("1010", "ธนาคาร", 0, 20_000_00))
    ]  # fmt: skip
    trial = [
        TrialLine(account="1010", account_name="ธนาคาร", debit=260_000_00, credit=0),
        TrialLine(account="1100", account_name="ลูกหนี้", debit=20_000_00, credit=0),
        TrialLine(account="3000", account_name="ทุน", debit=0, credit=280_000_00),
    ]
    books = AccountBooks(
        fund=FUND, since=SINCE, until=UNTIL, cash=BANK, journal=journal, trial=trial, debtors=DEBTORS
    )
    sheets = read(account_books(books))
    assert list(sheets) == ["เงินสดและธนาคาร", "รายวัน", "แยกประเภท", "ลูกหนี้", "งบทดลอง"]
    assert [row[3] for row in sheets["รายวัน"][-3:-1]] == ["1100", "1010"]
    assert [row[3] for row in sheets["แยกประเภท"][-3:-1]] == ["1010", "1100"]
    assert sheets["งบทดลอง"][-1] == ["รวม", None, 280000, 280000]


def test_a_name_that_looks_like_a_formula_is_text() -> None:
    books = [TargetHousehold(name="=HYPERLINK(1)"), TargetHousehold(name="นาง\x01หนู")]
    rows = read(poverty_books(PovertyBooks(**{**_fields(POVERTY), "households": books})))
    names = [row[1] for row in rows["ม่วง ทะเบียนครัวเรือน"][-3:-1]]
    assert names == ["'=HYPERLINK(1)", "นางหนู"]


def _fields(books: PovertyBooks) -> dict[str, Any]:
    return {name: getattr(books, name) for name in books.__slots__}
