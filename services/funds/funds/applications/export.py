"""The list of applications as a file."""

from shared.exports import Export

APPLICATIONS = Export(
    name="applications",
    action="application.export",
    columns={
        "id": "รหัสคำขอในระบบ",
        "area_code": "รหัสพื้นที่",
        "fund_id": "รหัสกองทุนในระบบ",
        "application_no": "เลขที่คำขอ",
        "product_code": "ประเภทเงิน",
        "category": "ลักษณะเงิน",
        "borrower_kind": "ประเภทผู้กู้",
        "borrower_name": "ผู้กู้",
        "title": "โครงการ",
        "purpose": "วัตถุประสงค์",
        "amount": "วงเงินที่ขอ (บาท)",
        "resolved_amount": "วงเงินตามมติ (บาท)",
        "applied_on": "วันที่ยื่น",
        "state": "สถานะ",
        "next_step": "รอขั้นตอน",
        "next_level": "ระดับที่พิจารณา",
        "risk_level": "ระดับความเสี่ยง",
        "approved_on": "วันที่อนุมัติ",
        "valid_until": "อนุมัติมีผลถึงวันที่",
        "reserved": "เงินที่กันไว้ (บาท)",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("area_code", "id"),
)

DESCRIBED = APPLICATIONS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    area_code="341501",
    application_no="12",
    product_code="WOMENS_REVOLVING",
    category="loan",
    borrower_kind="group",
    borrower_name="กลุ่มทอผ้าบ้านโนนจิก",
    title="โครงการทอผ้าไหม",
    purpose="weaving",
    amount="100000.00",
    resolved_amount="80000.00",
    applied_on="2026-01-05",
    state="recommended",
    next_step="PROVINCE_SUBCOMMITTEE",
    next_level="province",
    risk_level="LOW",
    reserved="0.00",
)
