"""Clinics as a file: a line each, with how many came."""

from shared.exports import Export

CLINICS = Export(
    name="clinics",
    action="clinic.export",
    columns={
        "id": "รหัสคลินิก",
        "district": "รหัสอำเภอ",
        "held_on": "วันที่จัด",
        "title": "ชื่อคลินิก",
        "state": "สถานะ",
        "state_reason": "เหตุผล",
        "stops": "จุดให้บริการ",
        "funds": "กองทุนในพื้นที่ของผู้เรียก",
        "advised": "กองทุนที่ได้รับคำแนะนำ",
        "attended": "ผู้เข้าร่วม (คน)",
        "team_id": "รหัสทีม",
    },
    key=("held_on", "id"),
)
DESCRIBED = CLINICS.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    district="3419",
    held_on="2022-05-19",
    title="คลินิกแก้หนี้ อำเภอพิบูลมังสาหาร",
    state="held",
    stops="3",
    funds="11",
    advised="11",
    attended="164",
)
