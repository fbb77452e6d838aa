"""The list of a fund's members as a file; phones stay in the system."""

from shared.exports import Export

MEMBERS = Export(
    name="fund-members",
    action="fund_member.export",
    columns={
        "id": "รหัสสมาชิกในระบบ",
        "fund_id": "รหัสกองทุนในระบบ",
        "area_code": "รหัสพื้นที่",
        "member_no": "เลขที่สมาชิก",
        "name": "ชื่อ นามสกุล",
        "person_id": "รหัสบุคคลในระบบ",
        "household_id": "รหัสครัวเรือนในระบบ",
        "joined_on": "วันที่เป็นสมาชิก",
        "left_on": "วันที่พ้นสมาชิกภาพ",
        "leave_reason": "เหตุที่พ้น",
        "state": "สถานะ",
        "version": "ฉบับ",
        "created_at": "บันทึกเมื่อ",
        "updated_at": "แก้ไขล่าสุดเมื่อ",
    },
    key=("id",),
)

DESCRIBED = MEMBERS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    area_code="341501",
    member_no="17",
    name="นางสาวมาลี สายทอง",
    joined_on="2025-10-01",
    state="active",
    version="1",
)
