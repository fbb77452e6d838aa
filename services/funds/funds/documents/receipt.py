"""The receipt of a repayment."""

from funds.documents.facts import ReceiptFacts
from funds.documents.paper import Paper
from funds.documents.words import amount, amount_in_words, day


def receipt(facts: ReceiptFacts) -> bytes:
    """Return a receipt (ใบเสร็จรับเงิน) as PDF."""
    paper = Paper(f"ใบเสร็จรับเงินเลขที่ {facts.receipt_no}", made_on=facts.paid_on)
    if facts.reversed_on is not None:
        paper.across("ยกเลิก")
    paper.heading(facts.fund.name)
    paper.line(facts.fund.place, align="C")
    paper.heading("ใบเสร็จรับเงิน")
    paper.line(f"เลขที่ {facts.receipt_no}", align="R")
    paper.line(f"วันที่ {day(facts.paid_on)}", align="R")
    paper.fields([("ได้รับเงินจาก", facts.payer), ("สัญญาเลขที่", facts.contract_no), ("ชำระโดย", facts.channel)])
    paper.space(2)
    parts = (
        ("เงินต้น", facts.principal),
        ("ดอกเบี้ย", facts.interest),
        ("ดอกเบี้ยผิดนัด", facts.penalty),
        ("เงินรับล่วงหน้า" if facts.advance > 0 else "ใช้เงินที่รับล่วงหน้าไว้", facts.advance),
    )
    total = sum(part for _, part in parts)
    rows = [(name, amount(part)) for name, part in parts if part]
    paper.table(("รายการ", "จำนวนเงิน (บาท)"), [*rows, ("รวม", amount(total))], widths=(7, 3), align="LR")
    paper.line(f"({amount_in_words(total)})", align="C", bold=True)
    paper.fields([("เงินต้นคงเหลือ", f"{amount(facts.outstanding)} บาท")])
    if facts.next_due_on is not None:
        due = f"{day(facts.next_due_on)} จำนวน {amount(facts.next_due)} บาท"
        paper.fields([("งวดต่อไป", due)])
    if facts.reversed_on is not None:
        paper.paragraph(f"ใบเสร็จฉบับนี้ถูกยกเลิกเมื่อวันที่ {day(facts.reversed_on)}", bold=True)
    paper.signatures([(facts.received_by, "ผู้รับเงิน"), (facts.payer, "ผู้ชำระเงิน")])
    return paper.done()
