"""Poor households and invitations as files."""

from shared.exports import Export

HOUSEHOLDS = Export(
    name="households-without-access",
    action="capital_access.export",
    columns={
        "household_id": "รหัสครัวเรือนในระบบ",
        "village_code": "รหัสหมู่บ้าน",
        "certified": "อยู่ในทะเบียนครัวเรือนเป้าหมาย",
        "edition_year": "ปีข้อมูลสำรวจ (พ.ศ.)",
        "dimensions": "มิติที่ขาดแคลน",
        "target_poor": "คนจนเป้าหมาย (คน)",
        "income_band": "ช่วงรายได้ (บาท/คน/ปี)",
        "reach": "การเข้าถึงแหล่งทุน",
        "invited": "ผลการเชิญ",
    },
    key=("village_code", "household_id"),
)
HOUSEHOLDS_DESCRIBED = HOUSEHOLDS.described(
    household_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    village_code="34190201",
    certified="true",
    edition_year="2565",
    dimensions="income",
    target_poor="2",
    income_band="under_38000",
    reach="none",
)

INVITATIONS = Export(
    name="access-invitations",
    action="access_invitation.export",
    columns={
        "id": "รหัสคำเชิญ",
        "area_code": "รหัสหมู่บ้าน",
        "household_id": "รหัสครัวเรือนในระบบ",
        "fund_id": "รหัสกองทุน",
        "invited_on": "วันที่เชิญ",
        "channel": "ช่องทาง",
        "result": "ผล",
        "result_on": "วันที่ทราบผล",
        "reach": "การเข้าถึงแหล่งทุน",
        "note": "บันทึก",
    },
    key=("area_code", "id"),
)
INVITATIONS_DESCRIBED = INVITATIONS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a12",
    area_code="34190201",
    household_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    invited_on="2026-01-14",
    channel="visit",
    result="joined",
    result_on="2026-02-01",
    reach="member",
)
