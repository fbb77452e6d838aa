"""Refusals about the sheet of a monthly meeting."""

from shared.errors import InvalidField


class SheetNotFilled(InvalidField):
    """Rows cannot be taken: each place says why; nothing of the sheet is recorded."""

    code = "sheet_not_filled"
    title_th, title_en = "มีแถวที่บันทึกไม่ได้ ยังไม่บันทึกรายการใด", "Rows cannot be taken: nothing is recorded"


class NoCollectionTable(InvalidField):
    """The first sheet has no row with the headings of a collection sheet."""

    code = "no_collection_table"
    title_th, title_en = "ไม่พบหัวตารางของใบเก็บเงิน", "The headings of a collection sheet are not there"


class NothingCollected(InvalidField):
    """Nobody has brought anything by the sheet."""

    code = "nothing_collected"
    title_th, title_en = "ใบเก็บเงินไม่มียอดรับ", "Nothing is written in the sheet"
