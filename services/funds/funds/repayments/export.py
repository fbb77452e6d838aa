"""The list of repayments as a file (ทะเบียนรับชำระหนี้)."""

from shared.exports import Export

REPAYMENTS = Export(
    name="repayments",
    action="repayment.export",
    columns={
        "area_code": "รหัสพื้นที่",
        "fund_id": "รหัสกองทุน",
        "receipt_no": "เลขที่ใบเสร็จ",
        "paid_on": "วันรับเงิน",
        "contract_no": "เลขที่สัญญา",
        "borrower_name": "ผู้กู้",
        "amount": "จำนวนเงิน",
        "principal": "เงินต้น",
        "interest": "ดอกเบี้ย",
        "penalty": "ดอกเบี้ยผิดนัด",
        "advance": "เงินรับล่วงหน้า",
        "outstanding": "เงินต้นคงเหลือ",
        "channel": "ช่องทาง",
        "recorded_by": "ผู้บันทึก",
        "journal_number": "เลขรายการบัญชี",
        "reversed_on": "วันกลับรายการ",
        "id": "รหัส",
    },
    key=("area_code", "id"),
)
DESCRIBED = REPAYMENTS.described(area_code="341501", receipt_no="ร 101/2569", amount="328.00")
