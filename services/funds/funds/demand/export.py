"""The list of late loans as a file."""

from shared.exports import Export

OVERDUE = Export(
    name="overdue-loans",
    action="overdue_loan.export",
    columns={
        "loan_id": "รหัสสัญญาในระบบ",
        "area_code": "รหัสพื้นที่",
        "fund_id": "รหัสกองทุนในระบบ",
        "contract_no": "เลขที่สัญญา",
        "borrower_kind": "ประเภทผู้กู้",
        "borrower_id": "รหัสผู้กู้ในระบบ",
        "answerable_as": "ผู้รับผิดชอบหนี้แทน",
        "state": "สถานะ",
        "days_late": "ค้างชำระ (วัน)",
        "bucket": "ช่วงอายุหนี้",
        "worst_bucket": "ช่วงอายุหนี้สูงสุด",
        "oldest_due_on": "งวดค้างเก่าสุดครบกำหนดเมื่อ",
        "overdue_principal": "เงินต้นค้างชำระ (บาท)",
        "overdue_total": "ค้างชำระรวม (บาท)",
        "outstanding": "เงินต้นคงเหลือ (บาท)",
    },
    key=("area_code", "loan_id"),
)

DESCRIBED = OVERDUE.described(
    loan_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    area_code="341501",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20",
    contract_no="1/2569",
    borrower_kind="group",
    borrower_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30",
    state="active",
    days_late="45",
    bucket="31-60",
    worst_bucket="61-90",
    oldest_due_on="2026-01-05",
    overdue_principal="328.00",
    overdue_total="350.00",
    outstanding="4200.00",
)
