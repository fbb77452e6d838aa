"""The list of eligible households as a file."""

from shared.exports import Export

ELIGIBLE = Export(
    name="eligible-households",
    action="eligible_household.export",
    columns={
        "household_id": "รหัสครัวเรือนในระบบ",
        "village_code": "รหัสหมู่บ้าน",
        "certified": "อยู่ในทะเบียนครัวเรือนเป้าหมาย",
        "certified_on": "วันที่รับรอง",
        "case_id": "รหัสครัวเรือนเป้าหมาย",
        "edition_year": "ปีข้อมูลสำรวจ (พ.ศ.)",
        "dimensions": "มิติที่ขาดแคลน",
        "survey_poor": "คนจนจากการสำรวจ (คน)",
        "target_poor": "คนจนเป้าหมาย (คน)",
        "income_band": "ช่วงรายได้ (บาท/คน/ปี)",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("village_code", "household_id"),
)

DESCRIBED = ELIGIBLE.described(
    household_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    village_code="34150101",
    certified="true",
    certified_on="2026-01-05",
    case_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20",
    edition_year="2565",
    dimensions="income; living",
    survey_poor="2",
    target_poor="2",
    income_band="under_38000",
)
