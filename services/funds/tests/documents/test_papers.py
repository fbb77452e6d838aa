"""Contract, receipt, letter and statement say what they are told, in Thai that can be read again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from funds.documents.contract import contract
from funds.documents.letter import demand_letter
from funds.documents.paper import words
from funds.documents.receipt import receipt
from funds.documents.statement import statement
from funds.documents.words import amount
from tests.documents.papers import CONTRACT, LETTER, RECEIPT, ROWS, STATEMENT, squeezed, text_of

PAPERS: list[tuple[Callable[[Any], bytes], Any]] = [
    (contract, CONTRACT),
    (receipt, RECEIPT),
    (demand_letter, LETTER),
    (statement, STATEMENT),
]


def says(pdf: bytes, *sentences: str) -> None:
    text = text_of(pdf)
    for sentence in sentences:
        assert squeezed(sentence) in text, sentence


def test_a_contract_names_parties_amount_in_words_rate_and_schedule() -> None:
    pdf = contract(CONTRACT)
    says(
        pdf,
        "สัญญากู้ยืมเงิน",
        "สัญญาเลขที่ 12/2565",
        "วันที่ 1 ตุลาคม 2565",
        "กลุ่มทอผ้าบ้านศรีไค",
        "เป็นจำนวน 5,000.00 บาท (ห้าพันบาทถ้วน)",
        "อัตราร้อยละ 12.00 ต่อปี",
        "งวดแรกวันที่ 1 พฤศจิกายน 2565 เป็นเงิน 328.00 บาท",
        "งวดสุดท้ายวันที่ 1 เมษายน 2567 เป็นเงิน 324.00 บาท",
        "นางสมหญิง น้ำใจดี",
        "ผู้ค้ำประกัน",
        "นายซ้ำ ต่ำต้อย",
        "ดอกเบี้ยผิดนัดร้อยละ 7.50 ต่อปี",
    )
    text = text_of(pdf)
    for row in ROWS:
        assert squeezed(f"{amount(row.total)}{amount(row.balance)}") in text
    assert "900.00" in text


def test_an_interest_free_loan_is_lent_without_a_word_of_interest() -> None:
    pdf = contract(replace(CONTRACT, annual_rate=Fraction(0), penalty_rate=Fraction(0), conventions=()))
    says(pdf, "สัญญายืมเงิน", "เงินยืมนี้ไม่มีดอกเบี้ย")
    assert "ดอกเบี้ยผิดนัด" not in text_of(pdf)


def test_a_contract_before_the_disbursement_has_no_schedule_yet() -> None:
    says(contract(replace(CONTRACT, rows=(), shares=(), guarantors=())), "ชำระคืน 18 งวด ตามตารางที่ผู้ให้กู้ออกให้")


def test_a_receipt_sums_its_parts_and_reads_them_out() -> None:
    says(
        receipt(RECEIPT),
        "ใบเสร็จรับเงิน",
        "เลขที่ 0001/2565",
        "ได้รับเงินจาก นางสมหญิง น้ำใจดี",
        "278.00",
        "50.00",
        "328.00",
        "(สามร้อยยี่สิบแปดบาทถ้วน)",
        "เงินต้นคงเหลือ 4,722.00 บาท",
        "งวดต่อไป 1 ธันวาคม 2565 จำนวน 328.00 บาท",
    )
    assert "ยกเลิก" not in text_of(receipt(RECEIPT))


def test_a_reversed_receipt_says_so() -> None:
    pdf = receipt(replace(RECEIPT, reversed_on=date(2022, 11, 3), next_due_on=None))
    says(pdf, "ยกเลิก", "ใบเสร็จฉบับนี้ถูกยกเลิกเมื่อวันที่ 3 พฤศจิกายน 2565")


def test_a_demand_letter_lists_what_is_late_and_until_when_to_pay() -> None:
    says(
        demand_letter(LETTER),
        "ขอให้ชำระหนี้ที่ค้างชำระ",
        "เรียน นางสมหญิง น้ำใจดี",
        "ค้างชำระ 2 งวด เกินกำหนด 66 วัน",
        "จำนวน 657.20 บาท (หกร้อยห้าสิบเจ็ดบาทยี่สิบสตางค์) ภายในวันที่ 20 กุมภาพันธ์ 2566",
        "ขอแสดงความนับถือ",
        "นางบุญมี ค้ำคูณ",
    )


def test_a_guarantor_is_told_what_she_guaranteed() -> None:
    says(demand_letter(replace(LETTER, as_guarantor=True)), "ตามที่ท่านได้ค้ำประกัน")


def test_a_statement_goes_on_over_pages_with_its_headings() -> None:
    pdf = statement(STATEMENT)
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) > 1
    for page in pages:
        assert "คงเหลือ" in page.extract_text()
    says(pdf, "ยอดยกมา", "รวม / ยอดยกไป", "20,000.00", "ระหว่างวันที่ 1 ตุลาคม 2565 ถึง 30 กันยายน 2567", "หน้า 2")


def test_a_statement_has_each_day_heading_and_document_on_one_line() -> None:
    """Ten columns: across the page's longer side, or "ดอกเบี้ยผิดนัด" and days are cut between their letters."""
    lines = PdfReader(BytesIO(statement(STATEMENT))).pages[0].extract_text().splitlines()
    headings = "วันที่ เอกสาร รายการ จ่าย รับ เงินต้น ดอกเบี้ย ดอกเบี้ยผิดนัด ล่วงหน้า เงินต้นคงเหลือ"
    assert squeezed(headings) in [squeezed(one) for one in lines]
    assert any(squeezed(one).startswith("01/11/2565ร1/2565รับชำระหนี้") for one in lines)


@pytest.mark.parametrize(("make", "facts"), PAPERS, ids=[make.__name__ for make, _ in PAPERS])
def test_the_same_facts_make_the_same_bytes(make: Callable[[Any], bytes], facts: Any) -> None:
    assert make(facts) == make(facts)


@pytest.mark.parametrize(("make", "facts"), PAPERS, ids=[make.__name__ for make, _ in PAPERS])
def test_the_thai_font_is_in_the_paper_and_no_other(make: Callable[[Any], bytes], facts: Any) -> None:
    page: Any = PdfReader(BytesIO(make(facts))).pages[0]
    for font in page["/Resources"]["/Font"].values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "Sarabun" in inner["/BaseFont"]
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()


def test_what_a_text_says_stands_beside_what_is_drawn() -> None:
    content = PdfReader(BytesIO(receipt(RECEIPT))).pages[0].get_contents()
    assert content is not None
    marked = "น้ำใจดี".encode("utf-16-be").hex().upper().encode()
    assert marked in content.get_data()


def test_text_that_looks_like_pdf_stays_text() -> None:
    pdf = receipt(replace(RECEIPT, payer="(ET) Tj >> \\ นาง&<b>หนู</b>"))
    says(pdf, "(ET) Tj >> \\ นาง&<b>หนู</b>")


def test_lines_are_broken_between_words() -> None:
    assert words("ผู้กู้ได้รับเงินจากกองทุนพัฒนาบทบาทสตรี")[-1] == "สตรี"
    assert "".join(words("น้ำใจดี  มาก")) == "น้ำใจดี มาก"


def test_the_fonts_licence_is_shipped_with_it() -> None:
    licence = files("funds.documents").joinpath("fonts/OFL.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in licence
