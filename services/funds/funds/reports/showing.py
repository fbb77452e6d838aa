"""Rows of reports as the API, files and papers show them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

import asyncpg

from funds.ledger.rules import JournalKind
from funds.reports.queries import Filters
from funds.reports.rules import BELOW, By, rates
from shared.areas import catalogue
from shared.dates import fiscal_year
from shared.exports import Export
from shared.money import baht

AMOUNTS = (
    "lent",
    "repaid",
    "interest",
    "grants",
    "written_off",
    "capital",
    "money",
    "outstanding",
    "overdue",
    "par30",
    "par60",
    "par90",
)
_COLUMNS = {
    "code": "รหัสพื้นที่",
    "name": "ชื่อ",
    "funds": "กองทุน",
    "members": "สมาชิก (คน)",
    "loans": "สัญญาเงินกู้ในปี",
    "lent": "ให้กู้ยืม (บาท)",
    "grants_made": "โครงการเงินอุดหนุนในปี",
    "grants": "เงินอุดหนุน (บาท)",
    "repaid": "ชำระคืนเงินต้น (บาท)",
    "interest": "ดอกเบี้ยรับ (บาท)",
    "written_off": "หนี้สูญ (บาท)",
    "capital": "ทุน (บาท)",
    "money": "เงินสดและเงินฝาก (บาท)",
    "outstanding": "ลูกหนี้คงเหลือ (บาท)",
    "late_loans": "สัญญาที่ค้างชำระ",
    "overdue": "เกินกำหนดชำระ (บาท)",
    "par30": "หนี้เสี่ยง 30 วัน (บาท)",
    "par30_percent": "PAR30 (%)",
    "par60": "หนี้เสี่ยง 60 วัน (บาท)",
    "par60_percent": "PAR60 (%)",
    "par90": "หนี้เสี่ยง 90 วัน (บาท)",
    "par90_percent": "PAR90 (%)",
    "repayment_rate": "อัตราชำระคืน (%)",
    "villages": "หมู่บ้านที่มีลูกหนี้",
    "zero_overdue_villages": "หมู่บ้านที่ไม่มีหนี้เกินกำหนด",
    "fund_id": "รหัสกองทุน",
}
REPORT = Export(name="fund-report", action="fund_report.export", columns=_COLUMNS, key=("code", "fund_id"))
REPORT_FILE = REPORT.described(
    code="3419", name="พิบูลมังสาหาร", funds="82", lent="23951565.00", outstanding="3350200.00"
)

_EARNING = [kind.value for kind in JournalKind if kind not in (JournalKind.CLOSING, JournalKind.REVERSAL)]
"""Of all journals but closings; a reversal is found by the kind of what it reverses."""

Read = Callable[..., Awaitable[list[asyncpg.Record]]]


def figures(row: Mapping[str, Any], links: Mapping[str, str]) -> dict[str, Any]:
    """Return a row with its rates and links; amounts in satang."""
    return {**row, **asdict(rates(row)), "links": dict(links)}


def row_out(row: Mapping[str, Any], *, by: By, filters: Filters) -> dict[str, Any]:
    """Return a row as the API's JSON says it."""
    shown = figures(row, links_of(row, by=by, filters=filters))
    for name in AMOUNTS:
        shown[name] = None if shown[name] is None else baht(shown[name])
    if by is By.FUND:
        shown["name"] = None if row["name"] is None else {"th": row["name"], "en": row["name"]}
    else:
        shown["name"] = _names().get(row["code"])
    return shown


def as_file(read: Read, *, by: By, filters: Filters) -> Callable[..., Awaitable[list[Any]]]:
    """Let what reads rows return them as a file shows them: the name is Thai."""

    async def reading(*positional: Any, **named: Any) -> list[Any]:
        rows = [row_out(row, by=by, filters=filters) for row in await read(*positional, **named)]
        return [{**row, "name": row["name"] and row["name"]["th"]} for row in rows]

    return reading


def label(row: Mapping[str, Any], *, thai: bool = True) -> str:
    """Return what a row is called, its code where it has no name (villages)."""
    if row["name"] is not None:
        return str(row["name"])
    name = _names().get(row["code"])
    return str(row["code"] if name is None else name["th" if thai else "en"])


def links_of(row: Mapping[str, Any], *, by: By, filters: Filters) -> dict[str, str]:
    """Return where a row's figures come from: of a fund the lines that each is the sum of."""
    if by is not By.FUND:
        return {"rows": _report(by=BELOW[by], area=row["code"], filters=filters)}
    books = f"/v1/ledgers/{row['fund_id']}"
    loans = f"{books}/accounts/1100/lines"
    year = {"from": filters.first.isoformat(), "to": filters.last.isoformat()}
    upto = {"to": filters.last.isoformat()}
    return {
        "lent": _link(loans, kind="disbursement", **year),
        "repaid": _link(loans, kind=["repayment", "advance"], **year),
        "written_off": _link(loans, kind="write_off", **year),
        "interest": _link(f"{books}/accounts/4000/lines", kind=_EARNING, **year),
        "grants": _link(f"{books}/accounts/5000/lines", kind="grant", **year),
        "outstanding": _link(loans, **upto),
        "capital": _link(f"{books}/accounts/3000/lines", **upto),
        "money": _link(f"{books}/cash-book", **upto),
        "journals": _link(f"{books}/journals", **year),
        "overdue": _link("/v1/loans/overdue", fund_id=str(row["fund_id"])),
    }


def link_of_total(*, area: str, filters: Filters) -> dict[str, str]:
    """Return where the total's figures come from: its rows."""
    by = {0: By.PROVINCE, 2: By.DISTRICT, 4: By.TAMBON, 6: By.VILLAGE}.get(len(area), By.FUND)
    return {"rows": _report(by=by, area=area, filters=filters)}


def _report(*, by: By, area: str, filters: Filters) -> str:
    query = {"by": by.value, "fiscal_year": str(fiscal_year(filters.last))}
    if area:
        query["area"] = area
    if filters.kind is not None:
        query["kind"] = filters.kind
    return _link("/v1/fund-reports", **query)


def _link(path: str, **query: str | list[str]) -> str:
    return f"{path}?{urlencode(query, doseq=True)}"


@cache
def _names() -> dict[str, dict[str, str]]:
    """Return the names of provinces, districts and tambons by code."""
    return {area.code: {"th": area.name_th, "en": area.name_en} for area in catalogue()}


def as_of(filters: Filters) -> date:
    """Return the day the figures are of."""
    return min(filters.last, filters.today)
