"""A report as PDF, for the wall of the district office."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from funds.documents.paper import Paper
from funds.reports.rules import DEFINITIONS, rates
from funds.reports.showing import label
from shared.dates import thai_string
from shared.money import baht

_HEADINGS = ("พื้นที่/กองทุน", "กองทุน", "ให้กู้ยืม", "ชำระคืน", "คงเหลือ", "เกินกำหนด", "PAR30 %")


def report(
    rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any], *, area: str, fiscal_year: int, as_of: date
) -> bytes:
    """Return the rows and the total as a paper; amounts in satang."""
    paper = Paper(f"รายงานกองทุน ปีงบประมาณ {fiscal_year}", made_on=as_of)
    paper.heading(f"รายงานผลการดำเนินงานกองทุน ปีงบประมาณ {fiscal_year}")
    paper.line(f"พื้นที่ {area or 'ทั้งหมด'} ข้อมูล ณ วันที่ {thai_string(as_of)}", align="C")
    paper.space()
    paper.table(
        _HEADINGS,
        [*(_cells(label(row), row) for row in rows), _cells("รวม", total)],
        widths=(34, 12, 24, 24, 24, 24, 14),
        align="LRRRRRR",
    )
    known = total["zero_overdue_villages"]
    paper.fields(
        [
            ("สมาชิก", f"{total['members']:,} คน"),
            ("เงินอุดหนุน", f"{total['grants_made']:,} โครงการ {_amount(total['grants'])} บาท"),
            ("อัตราชำระคืน", f"{rates(total).repayment_rate or '-'} %"),
            ("หมู่บ้านไม่มีหนี้เกินกำหนด", f"{'-' if known is None else known} จาก {total['villages']} หมู่บ้าน"),
        ]
    )
    for thai, _ in DEFINITIONS.values():
        paper.paragraph(thai)
    return paper.done()


def _cells(name: str, row: Mapping[str, Any]) -> list[str]:
    return [
        name,
        f"{row['funds']:,}",
        *(_amount(row[figure]) for figure in ("lent", "repaid", "outstanding", "overdue")),
        rates(row).par30_percent or "-",
    ]


def _amount(amount: int | None) -> str:
    if amount is None:
        return "-"
    whole, part = baht(amount).split(".")
    return f"{int(whole):,}.{part}"
