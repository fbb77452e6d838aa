"""The letter that asks for what is overdue."""

from typing import Final

from funds.documents.facts import DemandLetterFacts
from funds.documents.paper import Paper
from funds.documents.words import amount, amount_in_words, day

_PLACES: Final = {
    "heirs": "ในฐานะทายาท ซึ่งรับผิดไม่เกินทรัพย์มรดกที่ตกทอดได้แก่ท่าน",
    "estate": "ในฐานะผู้จัดการมรดก",
    "guarantors": "ในฐานะผู้ค้ำประกัน",
}


def demand_letter(facts: DemandLetterFacts) -> bytes:
    """Return a demand letter (หนังสือทวงถาม) as PDF."""
    paper = Paper(f"หนังสือทวงถาม {facts.letter_no}", made_on=facts.written_on)
    paper.line(f"ที่ {facts.letter_no}")
    paper.line(facts.fund.name, align="R")
    paper.line(facts.fund.place, align="R")
    paper.line(day(facts.written_on), align="C")
    paper.space(2)
    paper.fields([("เรื่อง", "ขอให้ชำระหนี้ที่ค้างชำระ"), ("เรียน", facts.to.name)], label=18)
    if facts.to.address:
        paper.fields([("", facts.to.address)], label=18)
    paper.space(2)
    paper.paragraph(_what(facts))
    total = sum(one.principal + one.interest + one.penalty for one in facts.overdue)
    rows = [
        (
            str(one.number),
            day(one.due_on),
            *map(amount, (one.principal, one.interest, one.penalty)),
            amount(one.principal + one.interest + one.penalty),
        )
        for one in facts.overdue
    ]
    paper.table(
        ("งวดที่", "วันครบกำหนด", "เงินต้น", "ดอกเบี้ย", "ดอกเบี้ยผิดนัด", "รวม"),
        [*rows, ("", "รวมที่ค้างชำระ", "", "", "", amount(total))],
        widths=(1.1, 3, 2, 1.8, 2, 2.2),
        align="CLRRRR",
    )
    paper.paragraph(
        f"จึงขอให้ท่านชำระเงินจำนวน {amount(total)} บาท ({amount_in_words(total)}) ภายในวันที่ {day(facts.pay_by)} "
        f"หากท่านมีเหตุขัดข้อง ขอให้ติดต่อกองทุนก่อนวันดังกล่าว เพื่อหาทางออกร่วมกัน ติดต่อ {facts.contact} "
        "หากท่านได้ชำระแล้ว กองทุนขออภัยและขอขอบคุณมา ณ โอกาสนี้"
    )
    paper.paragraph("จึงเรียนมาเพื่อโปรดดำเนินการ")
    paper.line("ขอแสดงความนับถือ", align="C")
    paper.signatures([(facts.fund.signer, facts.fund.signer_role)])
    return paper.done()


def _what(facts: DemandLetterFacts) -> str:
    contract = f"สัญญาเลขที่ {facts.contract_no} ลงวันที่ {day(facts.contract_date)}"
    lent = f"จำนวน {amount(facts.principal)} บาท ตาม{contract}"
    late = f"ค้างชำระ {len(facts.overdue)} งวด เกินกำหนด {facts.days_late} วัน"
    left = f"เงินต้นคงเหลือ {amount(facts.outstanding)} บาท"
    if facts.answers_as:
        return (
            f"ตามที่ {facts.borrower} ได้กู้ยืมเงินจาก{facts.fund.name} {lent} นั้น ผู้กู้ถึงแก่กรรมแล้ว "
            f"และท่านเป็นผู้รับผิดชอบชำระหนี้{_PLACES[facts.answers_as]} ขณะนี้{late} {left} ดังรายการต่อไปนี้"
        )
    if facts.as_guarantor:
        return f"ตามที่ท่านได้ค้ำประกันการกู้ยืมเงินจาก{facts.fund.name} {lent} นั้น ขณะนี้ผู้กู้{late} {left} ดังรายการต่อไปนี้"
    return f"ตามที่ท่านได้กู้ยืมเงินจาก{facts.fund.name} {lent} นั้น ขณะนี้ท่าน{late} {left} ดังรายการต่อไปนี้"
