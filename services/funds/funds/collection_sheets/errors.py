"""Refusals about sheets that money was collected by."""

from shared.errors import InvalidField


class SheetNotFilled(InvalidField):
    """Rows cannot be taken: each place says why; nothing of the sheet is recorded."""

    code = "sheet_not_filled"
    title_th, title_en = "มีแถวที่บันทึกไม่ได้ ยังไม่บันทึกรายการใด", "Rows cannot be taken: nothing is recorded"
    detail_th = "แก้แถวตามที่ระบุใน errors แล้วส่งทั้งใบใหม่"
    detail_en = "Correct the rows named in `errors` and send the whole sheet again"


class NoCollectionTable(InvalidField):
    """No sheet of the workbook has a row with the headings of a collection sheet."""

    code = "no_collection_table"
    title_th, title_en = "ไม่พบหัวตารางของใบเก็บเงิน", "The headings of a collection sheet are not there"
    detail_th = "ใช้ใบเก็บเงินที่ดาวน์โหลดจากระบบ และไม่ลบหัวตาราง"
    detail_en = "Use the sheet as it was downloaded, with its headings"


class NothingCollected(InvalidField):
    """Nobody has brought anything by the sheet."""

    code = "nothing_collected"
    title_th, title_en = "ใบเก็บเงินไม่มียอดรับ", "Nothing is written in the sheet"
    detail_th = "กรอกยอดรับของสมาชิกอย่างน้อยหนึ่งคน"
    detail_en = "Fill in what at least one member brought"


class CountedDiffers(InvalidField):
    """The money that was counted is not the sum of the rows: nothing of the sheet is recorded."""

    code = "counted_differs"
    title_th, title_en = "เงินที่นับได้ไม่เท่ากับผลรวมในใบเก็บเงิน", "The money counted is not the sum of the sheet"
    detail_th = "นับเงินใหม่ หรือแก้แถวในใบเก็บเงินให้รวมเท่ากัน"
    detail_en = "Count the money again, or correct the rows until they sum to it"
