"""The list of a fund's contributions of capital as a file; amounts in baht."""

from shared.exports import Export

CAPITAL = Export(
    name="fund-capital",
    action="fund_capital.export",
    columns={
        "id": "รหัสรายการในระบบ",
        "fund_id": "รหัสกองทุนในระบบ",
        "contributed_on": "วันที่รับเงิน",
        "amount": "จำนวนเงิน (บาท)",
        "origin": "แหล่งที่มา",
        "held_as": "เงินสดหรือธนาคาร",
        "document_no": "เลขที่เอกสาร",
        "note": "หมายเหตุ",
        "journal_number": "เลขที่รายการบัญชี",
        "recorded_by": "ผู้บันทึก",
        "reversed_on": "วันที่กลับรายการ",
        "reversal_reason": "เหตุที่กลับรายการ",
        "created_at": "บันทึกเมื่อ",
    },
    key=("contributed_on", "id"),
)

DESCRIBED = CAPITAL.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a13",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    contributed_on="2025-10-15",
    amount="280000.00",
    origin="state",
    held_as="bank",
    document_no="พช 0409/1234",
    journal_number="1",
)
