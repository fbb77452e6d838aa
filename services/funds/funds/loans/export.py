"""The list of loans as a file (ทะเบียนสัญญาเงินกู้)."""

from shared.exports import Export

LOANS = Export(
    name="loans",
    action="loan.export",
    columns={
        "area_code": "รหัสพื้นที่",
        "fund_id": "รหัสกองทุน",
        "contract_no": "เลขที่สัญญา",
        "contract_date": "วันทำสัญญา",
        "product_code": "ประเภทเงิน",
        "borrower_kind": "ประเภทผู้กู้",
        "borrower_name": "ผู้กู้",
        "answerable": "ผู้รับผิดชอบหนี้แทน",
        "principal": "วงเงินตามสัญญา",
        "annual_rate": "อัตราดอกเบี้ยต่อปี",
        "state": "สถานะ",
        "disbursed": "จ่ายแล้ว",
        "outstanding": "เงินต้นคงเหลือ",
        "advance": "เงินรับล่วงหน้า",
        "written_off": "ตัดหนี้สูญ",
        "recovered": "ได้รับคืนจากหนี้สูญ",
        "next_due_on": "วันครบกำหนดงวดถัดไป",
        "days_late": "วันค้างชำระ",
        "closed_on": "วันปิดสัญญา",
        "id": "รหัส",
    },
    key=("area_code", "id"),
)
DESCRIBED = LOANS.described(
    area_code="341501", contract_no="ส 12/2569", principal="100000.00", state="active"
)
