"""Problem cases and the board as files."""

from shared.exports import Export

CASES = Export(
    name="problem-cases",
    action="problem_case.export",
    columns={
        "id": "รหัสรายการ",
        "fund_id": "รหัสกองทุน",
        "fund_name": "ชื่อกองทุน",
        "area_code": "รหัสพื้นที่",
        "fund_kind": "ประเภทกองทุน",
        "state": "สถานะ",
        "opened_on": "วันที่เปิดรายการ",
        "failings": "ปัญหาที่พบ",
        "overdue_before": "หนี้เกินกำหนดก่อนแก้ไข (บาท)",
        "overdue_after": "หนี้เกินกำหนดหลังแก้ไข (บาท)",
        "ended_on": "วันที่สิ้นสุด",
    },
    key=("area_code", "id"),
)
CASES_DESCRIBED = CASES.described(
    id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
    fund_id="01976f6e-4a43-7c7e-9c39-0a3d5c6b7a11",
    fund_name="โครงการ กข.คจ. บ้านหนองไฮ",
    area_code="34190201",
    fund_kind="poverty",
    state="solved",
    opened_on="2022-03-01",
    failings="B.1; B.2",
    overdue_before="159533.00",
    overdue_after="0.00",
    ended_on="2022-08-31",
)

BOARD = Export(
    name="problem-board",
    action="problem_board.export",
    columns={
        "area_code": "รหัสพื้นที่",
        "funds": "จำนวนกองทุน",
        "capital": "เงินทุน (บาท)",
        "borrowing_households": "ครัวเรือนที่ยืม",
        "problem_funds": "กองทุนที่มีปัญหา",
        "problem_share": "ร้อยละ",
        "overdue_before": "หนี้เกินกำหนดก่อนแก้ไข (บาท)",
        "solved": "แก้ไขสำเร็จ",
        "overdue_after": "หนี้เกินกำหนดคงเหลือ (บาท)",
    },
    key=("area_code",),
)
BOARD_DESCRIBED = BOARD.described(
    area_code="3419",
    funds="82",
    capital="23951565.00",
    borrowing_households="2792",
    problem_funds="21",
    problem_share="25.61",
    overdue_before="3350200.00",
    solved="11",
    overdue_after="794964.00",
)
