"""The list of grants as a file; amounts in baht."""

from shared.exports import Export

GRANTS = Export(
    name="grants",
    action="grant.export",
    columns={
        "id": "รหัสเงินอุดหนุนในระบบ",
        "area_code": "รหัสพื้นที่",
        "fund_id": "รหัสกองทุนในระบบ",
        "grant_no": "เลขที่",
        "borrower_kind": "ประเภทผู้รับ",
        "borrower_name": "ผู้รับ",
        "title": "โครงการ",
        "paid_on": "วันที่จ่าย",
        "document_no": "เลขที่เอกสารจ่าย",
        "amount": "จำนวนเงิน (บาท)",
        "used": "แสดงการใช้แล้ว (บาท)",
        "returned": "คืนแล้ว (บาท)",
        "left": "คงเหลือที่ต้องแสดง (บาท)",
        "use_by": "แสดงการใช้ภายใน",
        "state": "สถานะ",
        "journal_number": "เลขที่รายการบัญชี",
        "confirmed_by": "ผู้รับรอง",
        "confirmed_on": "วันที่รับรอง",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("area_code", "id"),
)

DESCRIBED = GRANTS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    area_code="341501",
    grant_no="4",
    borrower_kind="group",
    borrower_name="กลุ่มทอผ้าบ้านโนนจิก",
    title="อบรมย้อมสีธรรมชาติ",
    paid_on="2026-01-15",
    document_no="บจ 3/2569",
    amount="29690.00",
    used="6000.00",
    returned="0.00",
    left="23690.00",
    state="paid",
)
