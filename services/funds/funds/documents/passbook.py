"""The pass book of a savings member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from funds.documents.facts import FundFacts
from funds.documents.paper import Paper
from funds.documents.words import amount, amount_in_words, day, short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class PassBookLine:
    """What moved a member's savings, and what was there after it; below zero it went out."""

    on: date
    document: str
    text: str
    savings: int
    savings_after: int
    shares: int
    shares_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PassBookFacts:
    """A member's pass book of a time (สมุดเงินออม)."""

    fund: FundFacts
    holder: str
    member_no: str
    pledge: int
    """A month, now; 0 where she has promised nothing."""
    since: date | None
    """First day; None from the beginning on."""
    until: date
    opening_savings: int
    opening_shares: int
    lines: Sequence[PassBookLine]
    closing_savings: int
    closing_shares: int
    made_on: date


def pass_book(facts: PassBookFacts) -> bytes:
    """Return a member's pass book (สมุดเงินออม) as PDF."""
    paper = Paper(f"สมุดเงินออม {facts.holder}", made_on=facts.made_on)
    paper.heading(facts.fund.name)
    paper.line(facts.fund.place, align="C")
    paper.heading("สมุดเงินออม")
    since = "เริ่มเป็นสมาชิก" if facts.since is None else f"วันที่ {day(facts.since)}"
    paper.fields(
        [
            ("ชื่อ", facts.holder),
            ("เลขที่สมาชิก", facts.member_no),
            ("เงินสัจจะเดือนละ", f"{amount(facts.pledge)} บาท" if facts.pledge else "-"),
            ("ตั้งแต่", f"{since} ถึงวันที่ {day(facts.until)}"),
        ]
    )
    paper.space(2)
    opening = (amount(facts.opening_savings), "", amount(facts.opening_shares))
    rows = [
        (
            short_day(one.on),
            one.document,
            one.text,
            amount(one.savings) if one.savings else "",
            amount(one.savings_after),
            amount(one.shares) if one.shares else "",
            amount(one.shares_after),
        )
        for one in facts.lines
    ]
    closing = (amount(facts.closing_savings), "", amount(facts.closing_shares))
    paper.table(
        ("วันที่", "เอกสาร", "รายการ", "เงินสัจจะ", "คงเหลือ", "เงินหุ้น", "คงเหลือ"),
        [("", "", "ยอดยกมา", "", *opening), *rows, ("", "", "ยอดยกไป", "", *closing)],
        widths=(2.1, 2.2, 1.9, 2, 2.2, 1.9, 2.1),
        align="LLLRRRR",
    )
    for name, satang in (("เงินสัจจะ", facts.closing_savings), ("เงินหุ้น", facts.closing_shares)):
        paper.line(f"{name}คงเหลือ {amount(satang)} บาท ({amount_in_words(satang)})")
    paper.line(f"พิมพ์เมื่อวันที่ {day(facts.made_on)}", align="R")
    paper.signatures([(facts.fund.signer, facts.fund.signer_role)])
    return paper.done()
