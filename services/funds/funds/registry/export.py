"""The list of funds as a file."""

from shared.exports import Export

FUNDS = Export(
    name="funds",
    action="fund.export",
    columns={
        "id": "รหัสกองทุนในระบบ",
        "kind": "ประเภทกองทุน",
        "name_th": "ชื่อกองทุน",
        "name_en": "ชื่อภาษาอังกฤษ",
        "area_code": "รหัสพื้นที่",
        "founded_on": "วันก่อตั้ง",
        "state": "สถานะ",
        "state_since": "สถานะตั้งแต่วันที่",
        "state_reason": "เหตุผลของสถานะ",
        "version": "ฉบับ",
        "created_at": "บันทึกเมื่อ",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("area_code", "id"),
)

DESCRIBED = FUNDS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    kind="womens",
    name_th="กองทุนพัฒนาบทบาทสตรี ตำบลวารินชำราบ",
    area_code="341501",
    founded_on="2012-10-01",
    state="active",
    state_since="2012-10-01",
    version="1",
)
