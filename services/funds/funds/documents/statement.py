"""The statement of an account over a time."""

from funds.documents.facts import LoanMovement, StatementFacts
from funds.documents.paper import Paper
from funds.documents.words import amount, day, short_day


def statement(facts: StatementFacts) -> bytes:
    """Return a statement (รายการเดินบัญชี) as PDF."""
    paper = Paper(f"รายการเดินบัญชี {facts.account}", made_on=facts.made_on, wide=True)
    paper.heading(facts.fund.name)
    paper.line(facts.fund.place, align="C")
    paper.heading("รายการเดินบัญชี")
    paper.fields(
        [
            ("ชื่อ", facts.holder),
            ("บัญชี", facts.account),
            ("ระหว่างวันที่", f"{day(facts.since)} ถึง {day(facts.until)}"),
        ]
    )
    paper.space(2)
    rows = [
        (short_day(one.on), one.document, one.text, *_written(one), amount(one.balance))
        for one in facts.movements
    ]
    sums = [_amount(sum(getattr(one, name) for one in facts.movements)) for name in _AMOUNTS]
    paper.table(
        ("วันที่", "เอกสาร", "รายการ", "จ่าย", "รับ", "เงินต้น", "ดอกเบี้ย", "ดอกเบี้ยผิดนัด", "ล่วงหน้า", "เงินต้นคงเหลือ"),
        [
            ("", "", "ยอดยกมา", *[""] * len(_AMOUNTS), amount(facts.opening)),
            *rows,
            ("", "", "รวม / ยอดยกไป", *sums, amount(facts.closing)),
        ],
        widths=(1.8, 1.8, 2.3, 1.8, 1.8, 1.8, 1.4, 1.9, 1.5, 2.0),
        align="LLLRRRRRRR",
    )
    if facts.advance:
        paper.line(f"เงินรับล่วงหน้าคงเหลือ {amount(facts.advance)} บาท", align="R")
    paper.line(f"พิมพ์เมื่อวันที่ {day(facts.made_on)}", align="R")
    return paper.done()


_AMOUNTS = ("paid_out", "paid_in", "principal", "interest", "penalty", "advance")


def _written(one: LoanMovement) -> list[str]:
    return [_amount(getattr(one, name)) for name in _AMOUNTS]


def _amount(satang: int) -> str:
    """Write an amount, nothing for none."""
    return amount(satang) if satang else ""
