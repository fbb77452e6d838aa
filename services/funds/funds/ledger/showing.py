"""Rows of the books as the API and its files show them: satang become decimal strings of baht."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from funds.ledger.chart import chart
from funds.ledger.rules import Sums, account_type, balance
from shared.exports import Export
from shared.money import baht

_AMOUNTS = frozenset({"cash", "reserved", "available", "total", "debit", "credit", "balance"})
_OF_JOURNALS = {
    "number": "เลขที่รายการ",
    "business_date": "วันที่",
    "value_date": "วันที่มีผล",
    "recorded_at": "บันทึกเมื่อ",
    "kind": "ประเภทรายการ",
    "document_kind": "ประเภทเอกสาร",
    "document_no": "เลขที่เอกสาร",
    "memo": "คำอธิบาย",
    "total": "จำนวนเงิน (บาท)",
    "actor": "ผู้บันทึก",
    "id": "รหัสรายการ",
    "document_id": "รหัสเอกสาร",
    "reverses": "กลับรายการของ",
    "reversed_by": "ถูกกลับรายการโดย",
}
_OF_LINES = {
    "business_date": "วันที่",
    "number": "เลขที่รายการ",
    "line_no": "บรรทัด",
    "kind": "ประเภทรายการ",
    "document_no": "เลขที่เอกสาร",
    "memo": "คำอธิบาย",
    "account": "บัญชี",
    "debit": "เดบิต (บาท)",
    "credit": "เครดิต (บาท)",
    "balance": "คงเหลือ (บาท)",
    "journal_id": "รหัสรายการ",
    "loan_id": "รหัสสัญญา",
    "member_id": "รหัสสมาชิก",
}

JOURNALS = Export(name="journals", action="journal.export", columns=_OF_JOURNALS, key=("number",))
LINES = Export(
    name="account-lines",
    action="journal.export",
    columns=_OF_LINES,
    key=("business_date", "number", "line_no"),
)
JOURNALS_FILE = JOURNALS.described(number="12", business_date="2023-03-15", kind="repayment", total="328.00")
LINES_FILE = LINES.described(
    business_date="2023-03-15", number="12", account="1100", credit="278.00", balance="4722.00"
)

DOCUMENTS = {
    "repayment": "/v1/repayments/{document_id}",
    "grant": "/v1/grants/{document_id}",
    "capital": "/v1/funds/{fund_id}/capital/{document_id}",
    "adjustment": "/v1/ledgers/{fund_id}/adjustments/{document_id}",
    "year_close": "/v1/ledgers/{fund_id}/periods/{business_date}",
    "book_import": "/v1/book-imports/{document_id}",
    "savings_movement": "/v1/savings/{fund_id}/movements/{document_id}",
    "savings_distribution": "/v1/savings/{fund_id}/distributions/{document_id}",
    "savings_sheet": "/v1/savings/{fund_id}/sheets/{document_id}",
    "savings_welfare": "/v1/savings/{fund_id}/welfare/{document_id}",
    "loan_disbursement": "/v1/loans/{loan_id}/disbursements",
    "loan_write_off": "/v1/loans/{loan_id}/write-off",
    "loan_split": "/v1/loans/{loan_id}/reliefs",
    "loan": "/v1/loans/{loan_id}/entries",
}
"""Where the document of a journal is read, by its kind; `loan` is for the other kinds that begin with it."""

Read = Callable[..., Awaitable[list[asyncpg.Record]]]


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its amounts in baht."""
    return {name: baht(value) if name in _AMOUNTS else value for name, value in row.items()}


def document_link(journal: Mapping[str, Any], *, fund_id: UUID) -> str | None:
    """Return the address of the document that proves a journal; None where it is on paper only."""
    kind = journal["document_kind"]
    loan_id = next((line["loan_id"] for line in journal["lines"] if line["loan_id"]), None)
    template = DOCUMENTS.get(kind) or DOCUMENTS.get(kind.partition("_")[0])
    if template is None or ("{loan_id}" in template and loan_id is None):
        return None
    names = ("document_id", "business_date")
    return template.format(fund_id=fund_id, loan_id=loan_id, **{name: journal[name] for name in names})


def in_baht(read: Read) -> Callable[..., Awaitable[list[Any]]]:
    """Let what reads rows of a list return them as a file shows them."""

    async def reading(*positional: Any, **named: Any) -> list[Any]:
        return [shown(row) for row in await read(*positional, **named)]

    return reading


def trial_rows(sums: Mapping[str, Sums]) -> list[dict[str, Any]]:
    """Return the rows of a trial balance, in satang, in the chart's order, of the accounts with lines."""
    return [
        {
            "account": code,
            "name": {"th": account.name_th, "en": account.name_en},
            "type": account_type(code),
            "debit": sums[code].debit,
            "credit": sums[code].credit,
            "balance": balance(code, sums[code].debit, sums[code].credit),
        }
        for code, account in chart().items()
        if code in sums
    ]


def totals(sums: Mapping[str, Sums]) -> dict[str, int]:
    """Return both sides of all accounts together."""
    values: Sequence[Sums] = list(sums.values())
    return {"debit": sum(one.debit for one in values), "credit": sum(one.credit for one in values)}
