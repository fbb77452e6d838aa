"""Whatever is long stays on the paper: names, numbers, amounts, signatures, headings of tables."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from funds.documents.contract import contract
from funds.documents.paper import Paper
from funds.documents.receipt import receipt
from funds.documents.statement import statement
from funds.documents.words import amount
from tests.documents.papers import CONTRACT, FUND, RECEIPT, STATEMENT, squeezed, text_of

LONG = "กองทุนพัฒนาบทบาทสตรีตำบลน้ำคำใหญ่เพื่อการปั้นหม้อและทอผ้าของผู้สูงอายุที่อยู่ตามลำพัง" * 2
NUMBER = "ร" + "1234567890" * 8
ROOM = 166.0
"""Millimetres between the margins."""
MARKS = re.compile("[ัิ-ฺ็-๎]")
"""What stands above or below a letter."""

THAI = st.text("กขฃคงปฟฝญฐน้ำเแใไโ่้๊๋ิีึืุูัาฯๆ 0123456789ABC/", min_size=1, max_size=200)


@given(text=THAI, width=st.floats(15, ROOM))
@settings(max_examples=60, deadline=None)
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(text: str, width: float) -> None:
    paper = Paper("แบบ", made_on=date(2026, 1, 1))
    paper.line("")
    lines = list(paper._broken(text, width))  # noqa: SLF001  # what every part of a paper is written by
    widths = [paper._width(line) for line in lines]  # noqa: SLF001
    paper.done()
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line, wide in zip(lines, widths, strict=True):
        assert wide <= width + 0.01 or len(MARKS.sub("", line)) == 1


def test_long_names_and_numbers_are_there_to_their_end() -> None:
    fund = replace(FUND, name=LONG, signer=LONG[:60])
    made = receipt(replace(RECEIPT, fund=fund, receipt_no=NUMBER, payer=LONG, received_by=LONG[:60]))
    assert len(PdfReader(BytesIO(made)).pages) == 1
    for text in (LONG, NUMBER, LONG[:60]):
        assert squeezed(text) in text_of(made)


def test_an_amount_is_never_cut_over_two_lines() -> None:
    paid = replace(STATEMENT.movements[0], paid_in=123_456_789_012_34, document=NUMBER)
    made = statement(replace(STATEMENT, movements=[paid], closing=-987_654_321_098_76))
    lines = "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    for satang in (123_456_789_012_34, -987_654_321_098_76):
        assert amount(satang) in lines


def test_headings_of_a_table_never_stand_alone_at_the_foot_of_a_page() -> None:
    for rows in range(1, 40):
        paper = Paper("แบบ", made_on=date(2026, 1, 1))
        for number in range(rows):
            paper.line(f"บรรทัด {number}")
        paper.table(("หัวตาราง", "จำนวนเงิน"), [("แถวแรก", "1.00")], widths=(1, 1), align="LR")
        pages = [page.extract_text() for page in PdfReader(BytesIO(paper.done())).pages]
        (told,) = [page for page in pages if "หัวตาราง" in page]
        assert "แถวแรก" in told


def test_each_page_says_which_paper_it_is_of() -> None:
    made = contract(replace(CONTRACT, rows=[*CONTRACT.rows] * 3))
    pages = PdfReader(BytesIO(made)).pages
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        foot = squeezed(page.extract_text())[-40:]
        assert foot.endswith(squeezed(f"สัญญาเลขที่ {CONTRACT.contract_no} หน้า {number}"))
