"""The terms of a fund's committee as a file."""

from shared.exports import Export

TERMS = Export(
    name="fund-committee",
    action="fund_committee.export",
    columns={
        "id": "รหัสวาระในระบบ",
        "fund_id": "รหัสกองทุนในระบบ",
        "display_name": "ชื่อ นามสกุล",
        "role": "ตำแหน่ง",
        "subject": "รหัสผู้ใช้",
        "person_id": "รหัสบุคคลในระบบ",
        "household_id": "รหัสครัวเรือนในระบบ",
        "term_from": "เริ่มวาระ",
        "term_to": "สิ้นสุดวาระ",
        "end_reason": "เหตุที่พ้น",
        "version": "ฉบับ",
        "created_at": "บันทึกเมื่อ",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("term_from", "id"),
)

DESCRIBED = TERMS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a12",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    display_name="นางบุญมี ใจดี",
    role="treasurer",
    term_from="2025-10-01",
    version="1",
)
