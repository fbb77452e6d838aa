"""A report as PDF, for the wall of the district office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from funds.documents.paper import Paper
from funds.documents.places import place
from funds.documents.words import amount
from funds.reports.rules import DEFINITIONS, rates
from funds.reports.showing import label
from shared.dates import thai_string

_HEADINGS = ("พื้นที่/กองทุน", "กองทุน", "ให้กู้ยืม", "ชำระคืน", "คงเหลือ", "เกินกำหนด", "PAR30 %")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What a report tells; amounts in satang."""

    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any]
    area: str
    years: str
    """Its fiscal years, as a title says them."""
    as_of: date
    more: bool = False
    """There are more rows than a paper takes."""


def report(facts: ReportFacts) -> bytes:
    """Return the rows and the total as a paper."""
    total = facts.total
    paper = Paper(f"รายงานกองทุน ปีงบประมาณ {facts.years}", made_on=facts.as_of)
    paper.heading(f"รายงานผลการดำเนินงานกองทุน ปีงบประมาณ {facts.years}")
    where = place(facts.area) if facts.area else "ทุกพื้นที่"
    paper.line(f"{where} ข้อมูล ณ วันที่ {thai_string(facts.as_of)}", align="C")
    paper.space()
    paper.table(
        _HEADINGS,
        [*(_cells(label(row), row) for row in facts.rows), _cells("รวม", total)],
        widths=(34, 12, 24, 24, 24, 24, 14),
        align="LRRRRRR",
    )
    paper.fields(
        [
            ("สมาชิก", f"{total['members']:,} คน"),
            ("เงินอุดหนุน", f"{total['grants_made']:,} โครงการ {amount(total['grants'])} บาท"),
            ("อัตราชำระคืน", f"{rates(total).repayment_rate or '-'} %"),
            ("หมู่บ้านไม่มีหนี้เกินกำหนด", f"{total['zero_overdue_villages']:,} จาก {total['villages']:,} หมู่บ้าน"),
        ]
    )
    if facts.more:
        paper.paragraph(f"แสดง {len(facts.rows):,} รายการแรก ยอดรวมเป็นของทุกรายการ", bold=True)
    for thai, _ in DEFINITIONS.values():
        paper.paragraph(thai)
    return paper.done()


def _cells(name: str, row: Mapping[str, Any]) -> list[str]:
    return [
        name,
        f"{row['funds']:,}",
        *(amount(row[figure]) for figure in ("lent", "repaid", "outstanding", "overdue")),
        rates(row).par30_percent or "-",
    ]
