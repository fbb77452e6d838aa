"""Rows of reports as the API, files and papers show them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any
from urllib.parse import urlencode

import asyncpg

from funds.ledger.rules import JournalKind
from funds.reports.queries import Filters
from funds.reports.rules import BELOW, DIGITS, By, rates
from shared.areas import catalogue
from shared.dates import fiscal_bounds, fiscal_year
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
        shown[name] = baht(shown[name])
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


def label(row: Mapping[str, Any]) -> str:
    """Return what a row is called in Thai: a village by its tambon and number."""
    if row["name"] is not None:
        return str(row["name"])
    code = str(row["code"])
    if len(code) == DIGITS[By.VILLAGE]:
        return f"{_names()[code[:6]]['th']} หมู่ {int(code[6:])}" if code[:6] in _names() else code
    return _names()[code]["th"] if code in _names() else code


def links_of(row: Mapping[str, Any], *, by: By, filters: Filters) -> dict[str, str]:
    """Return where a row's figures come from: of a fund the lines that each is the sum of."""
    if by is not By.FUND:
        late = _late(filters, area=row["code"])
        return {"rows": _report(by=BELOW[by], area=row["code"], filters=filters), **late}
    fund = str(row["fund_id"])
    books = f"/v1/ledgers/{fund}"
    loans = f"{books}/accounts/1100/lines"
    year = {"from": filters.first.isoformat(), "to": filters.last.isoformat()}
    upto = {"to": filters.last.isoformat()}
    paid = {"paid_from_day": filters.first.isoformat(), "paid_to_day": filters.last.isoformat()}
    return {
        "members": _link(f"/v1/funds/{fund}/members", on=filters.last.isoformat()),
        "loans": _link(loans, kind="disbursement", **year),
        "lent": _link(loans, kind="disbursement", **year),
        "repaid": _link(loans, kind=["repayment", "advance"], **year),
        "written_off": _link(loans, kind="write_off", **year),
        "interest": _link(f"{books}/accounts/4000/lines", kind=_EARNING, **year),
        "grants_made": _link("/v1/grants", fund_id=fund, **paid),
        "grants": _link(f"{books}/accounts/5000/lines", kind="grant", **year),
        "outstanding": _link(loans, **upto),
        "capital": _link(f"{books}/accounts/3000/lines", **upto),
        "money": _link(f"{books}/cash-book", **upto),
        "journals": _link(f"{books}/journals", **year),
        **_late(filters, fund_id=fund),
    }


def link_of_total(*, area: str, filters: Filters) -> dict[str, str]:
    """Return where the total's figures come from: its rows."""
    by = {0: By.PROVINCE, 2: By.DISTRICT, 4: By.TAMBON, 6: By.VILLAGE}.get(len(area), By.FUND)
    return {"rows": _report(by=by, area=area, filters=filters), **_late(filters, area=area)}


def year_out(row: Mapping[str, Any], *, area: str, kind: str | None) -> dict[str, Any]:
    """Return a fiscal year's row with where its figures come from."""
    first, last = fiscal_bounds(row["fiscal_year"])
    filters = Filters(areas=(), first=first, last=last, today=last, area=area, kind=kind)
    query = {**_scope(filters), **({"area": area} if area else {})}
    links = link_of_total(area=area, filters=filters)
    return {**row, "links": {"total": _link("/v1/fund-reports/total", **query), "rows": links["rows"]}}


def late_loan(row: Mapping[str, Any], *, filters: Filters) -> dict[str, Any]:
    """Return a late loan as the API's JSON says it."""
    loan, upto = f"/v1/loans/{row['loan_id']}", filters.as_of.isoformat()
    statement = f"/v1/ledgers/{row['fund_id']}/loans/{row['loan_id']}/statement"
    links = {"loan": loan, "schedules": f"{loan}/schedules", "lines": _link(statement, to=upto)}
    amounts = {name: baht(row[name]) for name in ("overdue", "outstanding")}
    return {**row, **amounts, "as_of": filters.as_of, "links": links}


def _late(filters: Filters, **where: str) -> dict[str, str]:
    """Return where the figures of late loans come from: the loans that each is the sum of."""
    query = {name: value for name, value in where.items() if value} | _scope(filters)
    path = "/v1/fund-reports/late-loans"
    risky = {f"par{days}": _link(path, **query, over=str(days)) for days in (30, 60, 90)}
    return {"late_loans": _link(path, **query), "overdue": _link(path, **query), **risky}


def _report(*, by: By, area: str, filters: Filters) -> str:
    query = {"by": by.value, **_scope(filters)}
    return _link("/v1/fund-reports", **query, **({"area": area} if area else {}))


def _scope(filters: Filters) -> dict[str, str]:
    first, last = fiscal_year(filters.first), fiscal_year(filters.last)
    query = {"fiscal_year": str(last)}
    if first != last:
        query["fiscal_year_from"] = str(first)
    if filters.kind is not None:
        query["kind"] = filters.kind
    return query


def _link(path: str, **query: str | list[str]) -> str:
    return f"{path}?{urlencode(query, doseq=True)}"


def years(filters: Filters) -> str:
    """Return the fiscal years as a title says them: 2568, or 2566-2568."""
    first, last = fiscal_year(filters.first), fiscal_year(filters.last)
    return str(last) if first == last else f"{first}-{last}"


@cache
def _names() -> dict[str, dict[str, str]]:
    """Return the names of provinces, districts and tambons by code."""
    return {area.code: {"th": area.name_th, "en": area.name_en} for area in catalogue()}
