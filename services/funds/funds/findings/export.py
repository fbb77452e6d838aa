"""The list of findings as a file."""

from shared.exports import Export

FINDINGS = Export(
    name="fund-findings",
    action="finding.export",
    columns={
        "id": "รหัสข้อค้นพบ",
        "fund_id": "รหัสกองทุน",
        "fund_name": "ชื่อกองทุน",
        "area_code": "รหัสพื้นที่",
        "fund_kind": "ประเภทกองทุน",
        "code": "รหัสปัญหา",
        "source": "ที่มา",
        "note": "บันทึก",
        "opened_on": "วันที่พบ",
        "closed_on": "วันที่ปิด",
        "close_reason": "เหตุผลที่ปิด",
    },
    key=("area_code", "id"),
)

DESCRIBED = FINDINGS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11",
    fund_name="โครงการ กข.คจ. บ้านหนองไฮ",
    area_code="34190201",
    fund_kind="poverty",
    code="A.1",
    source="automatic",
    opened_on="2026-01-10",
)
