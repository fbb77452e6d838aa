"""The list of target cases as a file."""

from shared.exports import Export

CASES = Export(
    name="cases",
    action="case.export",
    columns={
        "id": "รหัสครัวเรือนเป้าหมาย",
        "household_id": "รหัสครัวเรือนในระบบ",
        "village_code": "รหัสหมู่บ้าน",
        "origin": "ที่มา",
        "state": "สถานะ",
        "edition_id": "ชุดข้อมูลสำรวจ",
        "developable": "พัฒนาได้",
        "appealed": "อุทธรณ์",
        "committee_id": "คณะกรรมการ",
        "resolution_id": "มติ",
        "decided_on": "วันที่มีมติ",
        "certified_on": "วันที่รับรอง",
        "version": "ฉบับ",
        "created_at": "บันทึกเมื่อ",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("village_code", "id"),
)

DESCRIBED = CASES.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20",
    household_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a30",
    village_code="34110209",
    origin="field",
    state="certified",
    developable="true",
    appealed="false",
    decided_on="2026-01-05",
    certified_on="2026-01-05",
    version="4",
)
