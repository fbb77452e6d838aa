"""The statement of an account over a time."""

from funds.documents.facts import StatementFacts
from funds.documents.paper import Paper
from funds.documents.words import amount, day, short_day


def statement(facts: StatementFacts) -> bytes:
    """Return a statement (รายการเดินบัญชี) as PDF."""
    paper = Paper(f"รายการเดินบัญชี {facts.account}", made_on=facts.made_on)
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
        (
            short_day(one.on),
            one.document,
            one.text,
            amount(one.paid_in) if one.paid_in else "",
            amount(one.paid_out) if one.paid_out else "",
            amount(one.balance),
        )
        for one in facts.movements
    ]
    sums = [amount(sum(getattr(one, name) for one in facts.movements)) for name in ("paid_in", "paid_out")]
    paper.table(
        ("วันที่", "เอกสาร", "รายการ", "รับ", "จ่าย", "คงเหลือ"),
        [
            ("", "", "ยอดยกมา", "", "", amount(facts.opening)),
            *rows,
            ("", "", "รวม / ยอดยกไป", *sums, amount(facts.closing)),
        ],
        widths=(2.1, 2.1, 3.6, 2.1, 2.1, 2.2),
        align="LLLRRR",
    )
    paper.line(f"พิมพ์เมื่อวันที่ {day(facts.made_on)}", align="R")
    return paper.done()
