"""An empty workbook with the three tables and a sheet that says how they are filled."""

from io import BytesIO

import openpyxl
from openpyxl.styles import Font

from funds.book_imports.headings import parts
from funds.book_imports.rules import Part

_COLUMNS = {
    Part.MEMBERS: ("member_no", "name", "phone", "joined_on", "pledge", "savings", "shares", "household"),
    Part.DEBTORS: (
        "contract_no",
        "member_no",
        "name",
        "contract_date",
        "principal",
        "annual_rate",
        "paid",
        "outstanding",
        "interest_left",
        "due_on",
        "next_due_on",
        "left",
        "advance",
        "household",
    ),
    Part.BALANCES: ("account", "debit", "credit"),
}
_WIDTH = 18
_TOLD = (
    ("คำอธิบายการกรอก", "How to fill it in"),
    ("คอลัมน์เรียงอย่างไรก็ได้ ใช้ไฟล์เดิมที่มีหัวคอลัมน์ความหมายเดียวกันได้", "Columns in any order; your own file will do"),
    (
        "เลขไทยหรืออารบิกก็ได้ จำนวนเงินไม่เกิน 2 ตำแหน่ง เช่น 15,000.00",
        "Thai digits too; two places at most",
    ),
    ("วันที่ เช่น 31/12/2565 หรือ ๓๑ ธ.ค. ๖๕ (ปี พ.ศ.)", "Days as 31/12/2565 or 31 ธ.ค. 65, in Buddhist years"),
    ("ทะเบียนลูกหนี้: เฉพาะสัญญาที่ยังมียอดคงเหลือ; คงเหลือ = เงินกู้ - ชำระแล้ว", "Debtors: loans with something left"),
    (
        "งวดถัดไปและงวดคงเหลือ: ถ้าไม่กรอก ถือว่าชำระครั้งเดียววันครบกำหนด",
        "Else all is due on the last day",
    ),
    ("เงินรับล่วงหน้า: ที่ชำระเกินไว้สำหรับงวดถัดไป (ยอดบัญชี 2100)", "What was paid ahead of the next instalment"),
    ("อัตราน้อยกว่า 1 ให้พิมพ์เป็นข้อความ เช่น 0.1%", "A rate below 1 as a text: 0.1%"),
    ("ยอดลูกหนี้ เงินสัจจะ และหุ้นในงบ ต้องเท่ากับผลรวมในทะเบียน เดบิตเท่ากับเครดิต", "Balances agree with the registers"),
    ("ห้ามมีเลขประจำตัวประชาชนในไฟล์", "No citizen ids anywhere"),
    ("หลายกองทุนในไฟล์เดียว: เพิ่มคอลัมน์ รหัสหมู่บ้าน ในทุกตาราง", "Several funds: a column รหัสหมู่บ้าน in each table"),
)
_BROAD = 80


def workbook() -> bytes:
    """Return the workbook as .xlsx."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for part, names in _COLUMNS.items():
        known = parts()[part]
        sheet = book.create_sheet(known.name_th)
        sheet.append([known.shown[name] for name in names])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = _WIDTH
        sheet.freeze_panes = "A2"
    told = book.create_sheet("คำอธิบาย")
    for line in _TOLD:
        told.append(line)
    for column in ("A", "B"):
        told.column_dimensions[column].width = _BROAD
        told[f"{column}1"].font = Font(bold=True)
    target = BytesIO()
    book.save(target)
    return target.getvalue()
