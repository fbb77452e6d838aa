"""The contract of a loan."""

from collections.abc import Sequence

from funds import rates
from funds.documents.facts import ContractFacts, Party
from funds.documents.paper import Paper
from funds.documents.words import amount, amount_in_words, day
from funds.schedules.rules import Row


def contract(facts: ContractFacts) -> bytes:
    """Return a loan contract (สัญญากู้ยืมเงิน) with its schedule as PDF."""
    paper = Paper(f"สัญญาเลขที่ {facts.contract_no}", made_on=facts.signed_on)
    paper.heading("สัญญากู้ยืมเงิน" if facts.annual_rate else "สัญญายืมเงิน")
    paper.line(f"สัญญาเลขที่ {facts.contract_no}", align="R")
    paper.line(f"ทำที่ {facts.fund.name}", align="R")
    paper.line(f"วันที่ {day(facts.signed_on)}", align="R")
    paper.space(3)
    paper.paragraph(_opening(facts))
    for number, clause in enumerate(_clauses(facts), start=1):
        paper.paragraph(f"ข้อ {number} {clause}")
    if facts.shares:
        paper.space(3)
        paper.line("ส่วนของสมาชิกในกลุ่ม", bold=True, with_next=20)
        parts = [
            (str(at), share.name, amount(share.amount)) for at, share in enumerate(facts.shares, start=1)
        ]
        total = ("", "รวม", amount(sum(share.amount for share in facts.shares)))
        paper.table(("ที่", "ชื่อ", "จำนวนเงิน (บาท)"), [*parts, total], widths=(1, 6, 3), align="CLR")
    if facts.rows:
        paper.space(3)
        paper.line("ตารางผ่อนชำระ", bold=True, with_next=20)
        schedule_table(paper, facts.rows)
    paper.paragraph("สัญญานี้ทำขึ้นสองฉบับมีข้อความตรงกัน คู่สัญญาได้อ่านและเข้าใจข้อความแล้ว จึงลงลายมือชื่อไว้เป็นหลักฐาน")
    guarantors = [(one.name, "ผู้ค้ำประกัน") for one in facts.guarantors]
    lender = (facts.fund.signer, f"ผู้ให้กู้ ({facts.fund.signer_role})")
    paper.signatures([(facts.borrower.name, "ผู้กู้"), lender, *guarantors, ("", "พยาน"), ("", "พยาน")])
    return paper.done()


def schedule_table(paper: Paper, rows: Sequence[Row]) -> None:
    """Draw a repayment schedule with its totals."""
    lines = [
        (
            str(row.number),
            day(row.due_date),
            *map(amount, (row.principal, row.interest, row.total, row.balance)),
        )
        for row in rows
    ]
    sums = [sum(getattr(row, name) for row in rows) for name in ("principal", "interest", "total")]
    paper.table(
        ("งวดที่", "วันครบกำหนด", "เงินต้น", "ดอกเบี้ย", "รวม", "เงินต้นคงเหลือ"),
        [*lines, ("", "รวม", *map(amount, sums), "")],
        widths=(1.1, 3, 2, 1.8, 2, 2.2),
        align="CLRRRR",
    )


def _opening(facts: ContractFacts) -> str:
    borrower = facts.borrower
    place = f" อยู่ที่ {borrower.address}" if borrower.address else ""
    return (
        f"สัญญานี้ทำขึ้นระหว่าง {facts.fund.name} {facts.fund.place} ซึ่งต่อไปในสัญญานี้เรียกว่า ผู้ให้กู้ ฝ่ายหนึ่ง "
        f"กับ {borrower.name}{place} ซึ่งต่อไปในสัญญานี้เรียกว่า ผู้กู้ อีกฝ่ายหนึ่ง ทั้งสองฝ่ายตกลงกันดังต่อไปนี้"
    )


def _clauses(facts: ContractFacts) -> list[str]:
    lent = f"{amount(facts.principal)} บาท ({amount_in_words(facts.principal)})"
    clauses = [f"ผู้กู้ได้กู้ยืมเงินจากผู้ให้กู้เป็นจำนวน {lent} เพื่อ{facts.purpose}"]
    if facts.annual_rate:
        clauses.append(f"ผู้กู้ตกลงชำระดอกเบี้ยในอัตราร้อยละ {rates.text(facts.annual_rate)} ต่อปี")
    else:
        clauses.append("เงินยืมนี้ไม่มีดอกเบี้ย")
    clauses.append(_repayment(facts))
    clauses.extend(facts.conventions)
    if facts.penalty_rate:
        rate = rates.text(facts.penalty_rate)
        clauses.append(f"หากผิดนัด ผู้กู้ยอมเสียดอกเบี้ยผิดนัดร้อยละ {rate} ต่อปีของเงินต้นที่ค้างชำระ")
    if facts.guarantors:
        names = " ".join(_named(one) for one in facts.guarantors)
        clauses.append(f"ผู้ค้ำประกันยอมรับผิดชำระหนี้ตามสัญญานี้ตามที่กฎหมายกำหนด ได้แก่ {names}")
    clauses.append("หากผู้กู้นำเงินไปใช้ผิดวัตถุประสงค์หรือผิดสัญญาข้อใด ผู้ให้กู้มีสิทธิเรียกให้ชำระหนี้คงเหลือคืนได้")
    return clauses


def _repayment(facts: ContractFacts) -> str:
    if not facts.rows:
        return f"ผู้กู้จะชำระคืน {facts.instalments} งวด ตามตารางที่ผู้ให้กู้ออกให้ในวันจ่ายเงิน"
    first, last = facts.rows[0], facts.rows[-1]
    return (
        f"ผู้กู้จะชำระคืน {len(facts.rows)} งวด งวดแรกวันที่ {day(first.due_date)} เป็นเงิน {amount(first.total)} บาท "
        f"งวดสุดท้ายวันที่ {day(last.due_date)} เป็นเงิน {amount(last.total)} บาท ตามตารางผ่อนชำระในสัญญานี้"
    )


def _named(party: Party) -> str:
    return f"{party.name} ({party.address})" if party.address else party.name
