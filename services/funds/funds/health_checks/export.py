"""The list of health checks as a file."""

from shared.exports import Export

CHECKS = Export(
    name="health-checks",
    action="health_check.export",
    columns={
        "id": "รหัสการตรวจ",
        "fund_id": "รหัสกองทุน",
        "fund_name": "ชื่อกองทุน",
        "area_code": "รหัสพื้นที่",
        "fund_kind": "ประเภทกองทุน",
        "fiscal_year": "ปีงบประมาณ",
        "checked_on": "วันที่ตรวจ",
        "instrument": "แบบประเมิน",
        "edition": "ฉบับ",
        "state": "สถานะ",
        "passed": "ตัวชี้วัดที่ผ่าน",
        "items": "ตัวชี้วัดทั้งหมด",
        "level": "ระดับ",
        "mandatory_failed": "ตัวชี้วัดบังคับที่ไม่ผ่าน",
        "open_findings": "ปัญหาที่พบ",
    },
    key=("area_code", "fiscal_year", "id"),
)

DESCRIBED = CHECKS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11",
    fund_name="โครงการ กข.คจ. บ้านหนองไฮ",
    area_code="34190201",
    fund_kind="poverty",
    fiscal_year="2569",
    checked_on="2026-01-10",
    instrument="KKK_GOVERNANCE_18",
    edition="1",
    state="confirmed",
    passed="15",
    items="18",
    level="2",
    mandatory_failed="",
    open_findings="A.1; B.2",
)
