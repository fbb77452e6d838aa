"""The list of households as a file."""

from shared.exports import Export

HOUSEHOLDS = Export(
    name="households",
    action="household.export",
    columns={
        "id": "รหัสครัวเรือนในระบบ",
        "house_id": "รหัสประจำบ้าน",
        "house_no": "บ้านเลขที่",
        "village_code": "รหัสหมู่บ้าน",
        "lat": "ละติจูด",
        "lon": "ลองจิจูด",
        "origin": "ที่มา",
        "status": "สถานะ",
        "merged_into": "รวมเข้ากับครัวเรือน",
        "last_edition_year": "ปีข้อมูลสำรวจล่าสุด (พ.ศ.)",
        "version": "ฉบับ",
        "created_at": "บันทึกเมื่อ",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("village_code", "id"),
)

DESCRIBED = HOUSEHOLDS.described(
    id="01977f3e-6d00-7cc3-98c4-dc0c0c073901",
    house_no="308/8",
    village_code="34110209",
    origin="feed",
    status="active",
    last_edition_year="2565",
    version="1",
)
