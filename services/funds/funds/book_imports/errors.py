"""Refusals about books taken over."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class BookImportNotFound(NotFound):
    """No such import in the caller's areas."""

    code = "book_import_not_found"
    title_th, title_en = "ไม่พบการนำเข้าสมุดบัญชีนี้", "There is no such import of a book"


class BookImportExists(Conflict):
    """The id is taken, or the fund has a book that is being taken over or was."""

    code = "book_import_exists"
    title_th, title_en = "กองทุนนี้มีการนำเข้าสมุดบัญชีอยู่แล้ว", "The fund has an import of its book already"
    detail_th = "อ่านการนำเข้าเดิมของกองทุน หรือยกเลิกก่อนเริ่มใหม่"
    detail_en = "Go on with the fund's import, or cancel it before another"


class BooksInUse(Conflict):
    """Something is booked already: what was before it cannot be opened any more."""

    code = "books_in_use"
    title_th, title_en = "กองทุนมีรายการบัญชีแล้ว นำยอดยกมาเข้าไม่ได้", "The fund has booked entries already"
    detail_th = "ยอดยกมาลงได้เฉพาะบัญชีที่ยังว่าง บันทึกรายการต่อไปตามปกติ"
    detail_en = "Only empty books are opened; go on recording as usual"


class BookImportEnded(Conflict):
    """The import is posted or cancelled."""

    code = "book_import_ended"
    title_th, title_en = "การนำเข้านี้ลงบัญชีหรือยกเลิกแล้ว", "The import is posted or cancelled"
    detail_th = "เริ่มการนำเข้าใหม่ถ้าจำเป็น"
    detail_en = "Begin another import if it is needed"


class BookFileMissing(Conflict):
    """No workbook was sent yet."""

    code = "book_file_missing"
    title_th, title_en = "ยังไม่ได้ส่งไฟล์", "No workbook was sent yet"
    detail_th = "ส่งไฟล์ก่อนแล้วจึงตรวจ"
    detail_en = "Send the workbook first, then check it"


class BookNotReady(Conflict):
    """The file has not been checked, or something is wrong with it."""

    code = "book_not_ready"
    title_th, title_en = "ไฟล์ยังไม่ผ่านการตรวจ หรือยอดยังไม่ตรงกัน", "The file is not checked, or it does not agree"
    detail_th = "ตรวจไฟล์ แก้ตามรายการข้อผิดพลาด แล้วส่งและตรวจใหม่"
    detail_en = "Check it, correct what the list of errors says, send and check again"


class BookFileChanged(Conflict):
    """Another file was sent while this one was worked on."""

    code = "book_file_changed"
    title_th, title_en = "มีการส่งไฟล์ใหม่ระหว่างดำเนินการ", "Another file was sent meanwhile"
    detail_th = "ตรวจไฟล์ใหม่ก่อน แล้วทำอีกครั้ง"
    detail_en = "Check the new file, then do it again"


class OwnBook(Forbidden):
    """Who sent the file does not post it."""

    code = "own_book"
    title_th, title_en = "ผู้ส่งไฟล์ลงบัญชีเองไม่ได้ ต้องเป็นผู้อื่น", "Somebody else must post what you sent"
    detail_th = "ให้ผู้ที่ไม่เคยส่งไฟล์ของการนำเข้านี้เป็นผู้ลงบัญชี"
    detail_en = "Let somebody post it who never sent a file of this import"


class NoMarkedCopy(NotFound):
    """Nothing was wrong, or nothing was checked."""

    code = "no_marked_copy"
    title_th, title_en = "ไม่มีไฟล์ที่ทำเครื่องหมาย", "There is no marked copy"


class ProductNeeded(InvalidField):
    """The fund's kind has not exactly one product to lend: name it."""

    code = "product_needed"
    title_th, title_en = "ต้องระบุประเภทเงินของลูกหนี้ยกมา", "Name the product of the open loans"
    detail_th = "ระบุ product_id ของเงินกู้ยกมา"
    detail_en = "Give the `product_id` of the loans"


class ProductDoesNotFit(InvalidField):
    """The product is not lent, or is of another kind of fund."""

    code = "product_does_not_fit"
    title_th, title_en = "ประเภทเงินนี้ไม่ใช่ของกองทุนนี้", "The product is not one that this fund lends"
    detail_th = "เลือกประเภทเงินกู้ของกองทุนประเภทนี้"
    detail_en = "Choose a loan product of this kind of fund"


class UnreadableBook(Refusal):
    """The file is no workbook that is taken: its `reason` says why."""

    status, code = 422, "unreadable_book"
    title_th, title_en = "อ่านไฟล์ไม่ได้ รับเฉพาะ .xlsx ที่ไม่มีแมโครและลิงก์", "Only plain .xlsx workbooks are taken"
    detail_th = "บันทึกเป็น .xlsx ธรรมดา ไม่มีแมโคร รหัสผ่าน หรือลิงก์ภายนอก"
    detail_en = "Save it as plain .xlsx: no macros, password or external links"


UNREADABLE: dict[str, tuple[str, str]] = {
    "encrypted": ("ไฟล์ตั้งรหัสผ่านไว้ ให้เอารหัสผ่านออกก่อนส่ง", "The file has a password: take it off"),
    "old_excel": ("เป็นไฟล์ .xls รุ่นเก่า ให้บันทึกเป็น .xlsx", "An old .xls: save it as .xlsx"),
    "not_a_workbook": ("ไม่ใช่ไฟล์ Excel (เช่น CSV) ให้บันทึกเป็น .xlsx", "No Excel file (a CSV?): save it as .xlsx"),
    "bad_xlsx": (
        "ไฟล์เสียหรือไม่ใช่ .xlsx ให้เปิดแล้วบันทึกเป็น .xlsx ใหม่",
        "Damaged or no .xlsx: open it and save it anew",
    ),
    "active_content": ("ไฟล์มีแมโคร วัตถุฝัง หรือลิงก์ไปไฟล์อื่น", "It has macros, embedded objects or links to files"),
    "archive_too_large": ("ข้อมูลในไฟล์ใหญ่เกินกำหนด", "Its content is too large"),
    "archive_too_many_files": ("ข้อมูลในไฟล์ใหญ่เกินกำหนด", "It has too many parts"),
    "archive_ratio": ("ไฟล์ขยายตัวผิดปกติ", "It unpacks to far more than it weighs"),
    "no_table": (
        "ไม่พบทะเบียนสมาชิก ทะเบียนลูกหนี้ หรืองบยกมาในไฟล์",
        "It has no register and no balances that are known",
    ),
    "too_many_sheets": ("แผ่นงานมากเกินกำหนด", "It has too many sheets"),
    "too_many_rows": ("แผ่นงานมีมากกว่า 60,000 แถว", "A sheet has more than 60,000 rows"),
    "too_many_columns": ("แผ่นงานมีมากกว่า 200 คอลัมน์", "A sheet has more than 200 columns"),
    "too_many_cells": ("ไฟล์มีมากกว่า 1,500,000 ช่อง", "It has more than 1,500,000 cells"),
}
"""What to do about a file that is not taken, by `reason`, in Thai and English."""


class FundsNotNamed(Refusal):
    """It cannot be told whose lines of the workbook are: the places say which."""

    status, code = 422, "funds_not_named"
    title_th, title_en = "ไม่ทราบว่าบางแถวเป็นของกองทุนใด", "It cannot be told whose some of the lines are"
    detail_th = "เพิ่มคอลัมน์รหัสหมู่บ้านหรือชื่อกองทุน ดูตำแหน่งใน errors"
    detail_en = "Add a column with the village's code or the fund's name; see `errors`"


class CitizenIdsInBook(Refusal):
    """The file holds citizen ids, which funds do not keep: take the column out."""

    status, code = 422, "citizen_ids_in_book"
    title_th, title_en = "ไฟล์มีเลขประจำตัวประชาชน ให้ลบคอลัมน์ออกก่อนส่ง", "The file holds citizen ids: remove them"
    detail_th = "ลบคอลัมน์เลขประจำตัวประชาชน บันทึกไฟล์ แล้วส่งใหม่"
    detail_en = "Take the column of citizen ids out, save the file and send it again"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_book_imports": BookImportExists,
    "uq_book_imports_fund_id_standing": BookImportExists,
    "ck_book_imports_two_persons": OwnBook,
    "ck_book_imports_posted_by_another": OwnBook,
}
