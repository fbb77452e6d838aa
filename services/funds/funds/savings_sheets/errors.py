"""Refusals about cut-off sheets."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class SavingsSheetNotFound(NotFound):
    """The fund has no such sheet."""

    code = "savings_sheet_not_found"
    title_th, title_en = "ไม่พบใบตัดยอดนี้", "There is no such sheet"


class SavingsSheetExists(Conflict):
    """The group has an opening sheet, or one of this day, already."""

    code = "savings_sheet_exists"
    title_th, title_en = "มีใบตัดยอดนี้อยู่แล้ว", "There is such a sheet already"
    detail_th = "อ่านใบตัดยอดเดิมก่อน"
    detail_en = "Read the sheet that is there first"


class SavingsSheetEnded(Conflict):
    """It is signed or withdrawn."""

    code = "savings_sheet_ended"
    title_th, title_en = "ใบตัดยอดนี้ลงนามหรือถอนแล้ว", "The sheet is signed or withdrawn"
    detail_th = "ทำใบตัดยอดใหม่ถ้าจำเป็น"
    detail_en = "Make another sheet if it is needed"


class OwnSheet(Forbidden):
    """Who recorded the sheet does not sign it."""

    code = "own_sheet"
    title_th, title_en = "ผู้บันทึกลงนามเองไม่ได้", "Somebody else must sign what you recorded"
    detail_th = "ให้ผู้อื่นเป็นผู้ลงนาม"
    detail_en = "Let another person sign"


class SheetTotalDiffers(InvalidField):
    """The rows do not sum to the totals that are to be signed."""

    code = "sheet_total_differs"
    title_th, title_en = "ผลรวมของแถวไม่เท่ากับยอดรวมที่จะลงนาม", "The rows do not sum to the total"
    detail_th = "แก้แถวหรือยอดรวมให้เท่ากัน"
    detail_en = "Correct the rows or the totals until they agree"


class SheetEmpty(InvalidField):
    """Nobody has anything and the group has no money: there is nothing to open with."""

    code = "sheet_empty"
    title_th, title_en = "ใบตัดยอดไม่มียอดใดเลย", "There is nothing on the sheet"
    detail_th = "ระบุยอดของสมาชิกหรือเงินของกลุ่มอย่างน้อยหนึ่งยอด"
    detail_en = "Give at least one balance of a member or of the group"


class MemberTwice(InvalidField):
    """A member stands on the sheet twice."""

    code = "member_twice"
    title_th, title_en = "มีสมาชิกคนเดียวกันซ้ำ", "A member stands on the sheet twice"
    detail_th = "ระบุสมาชิกแต่ละคนครั้งเดียว"
    detail_en = "Name each member once"


class BooksNotEmpty(Conflict):
    """Something is booked already: the opening comes first."""

    code = "books_not_empty"
    title_th, title_en = "กองทุนมีรายการบัญชีแล้ว", "Something is booked already"
    detail_th = "ใบเปิดยอดลงได้ก่อนรายการแรกเท่านั้น"
    detail_en = "The opening is signed before anything else is booked"


class BooksDisagree(Conflict):
    """The members' balances are not what the books say on that day."""

    code = "books_disagree"
    title_th, title_en = "ยอดสมาชิกไม่ตรงกับบัญชีคุม", "Members' balances are not what the books say"
    detail_th = "ตรวจรายการของสมาชิกที่ยอดต่างกัน แล้วทำใบใหม่"
    detail_en = "Look for the movements that differ and make the sheet again"


class SheetChanged(Conflict):
    """Something of that day was booked, or a member left, since the sheet was made: make it again."""

    code = "sheet_changed"
    title_th, title_en = "มีรายการย้อนหลังหลังทำใบตัดยอด", "Something of the day was booked since"
    detail_th = "ถอนใบนี้แล้วทำใหม่"
    detail_en = "Withdraw this sheet and make it again"


class SheetNotReversible(Conflict):
    """Only a signed sheet is reversed, once."""

    code = "sheet_not_reversible"
    title_th, title_en = "กลับรายการได้เฉพาะใบตัดยอดที่ลงนามแล้ว", "Only a signed sheet is reversed"
    detail_th = "ใบร่างให้ถอน ใบที่กลับรายการแล้วไม่ต้องกลับอีก"
    detail_en = "Withdraw a draft; what is reversed already needs nothing more"


class OpeningBuiltUpon(Conflict):
    """What was booked after the opening stands (`number`: the first such entry), or a year-end sheet does."""

    code = "opening_built_upon"
    title_th, title_en = "มีรายการหรือใบสิ้นปีต่อจากยอดยกมา", "Entries or a year-end sheet rest on the opening"
    detail_th = "กลับรายการที่ลงหลังยอดยกมา และถอนหรือกลับใบสิ้นปีก่อน แล้วจึงกลับใบตัดยอดยกมา"
    detail_en = "Reverse what was booked after it, withdraw or reverse year-end sheets, then this one"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_savings_sheets": SavingsSheetExists,
    "uq_savings_sheets_opening_standing": SavingsSheetExists,
    "uq_savings_sheets_annual_standing": SavingsSheetExists,
    "ck_savings_sheets_two_persons": OwnSheet,
    "pk_savings_sheet_rows": MemberTwice,
    "ck_savings_sheet_rows_amount": BooksDisagree,
}
