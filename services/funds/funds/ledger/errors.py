"""Refusals about books."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class BooksNotFound(NotFound):
    """No books of this fund in the caller's areas."""

    code = "books_not_found"
    title_th, title_en = "ไม่พบบัญชีของกองทุนนี้", "There are no books of this fund"


class JournalNotFound(NotFound):
    """The fund has no journal of this id."""

    code = "journal_not_found"
    title_th, title_en = "ไม่พบรายการบัญชีนี้", "There is no such journal"


class BooksExist(Conflict):
    """The fund's books are open already."""

    code = "books_exist"
    title_th, title_en = "กองทุนนี้เปิดบัญชีแล้ว", "The fund has books already"
    detail_th = "ใช้บัญชีที่เปิดแล้วต่อไป"
    detail_en = "Go on with the books that are open"


class OverCapital(Conflict):
    """The fund has less money than this takes, what is reserved left aside."""

    code = "over_capital"
    title_th, title_en = "เงินกองทุนไม่พอ", "The fund does not have that much money"
    detail_th = "ลดจำนวนเงิน หรือรอรับชำระหรือเงินทุนเพิ่ม"
    detail_en = "Take less, or wait for repayments or more capital"


class PartBelowZero(Conflict):
    """A loan, what was paid ahead on it, a member's savings or shares would come to less than nothing."""

    code = "part_below_zero"
    title_th, title_en = "ยอดของสัญญาหรือสมาชิกจะติดลบ", "A loan's or member's part would be below zero"
    detail_th = "ตรวจสัญญา สมาชิก และจำนวนเงินของรายการ"
    detail_en = "Check the loan, the member and the amount"


class CapitalBelowZero(Conflict):
    """More capital would be taken out than the fund has."""

    code = "capital_below_zero"
    title_th, title_en = "ทุนของกองทุนจะติดลบ", "The fund's capital would be below zero"
    detail_th = "ตรวจจำนวนเงินทุนที่จะถอนหรือกลับรายการ"
    detail_en = "Check how much capital is taken out or reversed"


class ReservedTooLittle(Conflict):
    """More would be released than is reserved."""

    code = "reserved_too_little"
    title_th, title_en = "ยอดกันเงินน้อยกว่าที่จะปล่อย", "Less is reserved than would be released"
    detail_th = "อ่านยอดกันเงินของกองทุนใหม่ แล้วทำอีกครั้ง"
    detail_en = "Read what the fund has reserved and do it again"


class PeriodClosed(Conflict):
    """The business date lies in a closed period, or before the opening balances: book it in the open one."""

    code = "period_closed"
    title_th, title_en = "งวดบัญชีปิดแล้ว", "The period is closed"
    detail_th = "ระบุวันที่ในงวดที่ยังเปิด ผลย้อนหลังให้ทำรายการปรับปรุง"
    detail_en = "Give a day in the open period; adjust what belongs to an earlier one"


class UnbalancedEntry(InvalidField):
    """Debits and credits differ, or a line cannot be."""

    code = "unbalanced_entry"
    title_th, title_en = "เดบิตไม่เท่ากับเครดิต", "Debits and credits differ"
    detail_th = "แก้รายการให้เดบิตรวมเท่ากับเครดิตรวม"
    detail_en = "Make the debits sum to the credits"


class LineNotValid(InvalidField):
    """A line has no amount or two, or does not name the loan or member that its account needs."""

    code = "line_not_valid"
    title_th, title_en = "รายการย่อยไม่ถูกต้อง", "A line is not valid"
    detail_th = "แต่ละรายการต้องมีเดบิตหรือเครดิตอย่างเดียว"
    detail_en = "Each line has a debit or a credit, not both"


class EntryInFuture(InvalidField):
    """The business date is after today."""

    code = "entry_in_future"
    title_th, title_en = "วันที่รายการอยู่ในอนาคต", "The entry is dated in the future"
    detail_th = "ระบุวันที่เป็นวันนี้หรือก่อนหน้า"
    detail_en = "Give today or an earlier day"


class AlreadyReversed(Conflict):
    """A journal is reversed once."""

    code = "already_reversed"
    title_th, title_en = "รายการนี้กลับรายการแล้ว", "The journal is reversed already"
    detail_th = "อ่านรายการกลับที่มีอยู่ แล้วบันทึกรายการที่ถูกต้องใหม่"
    detail_en = "Read the reversal that is there; record the right entry anew"


class NotReversible(Conflict):
    """Only an original journal is reversed, not a reversal."""

    code = "not_reversible"
    title_th, title_en = "รายการนี้กลับรายการไม่ได้", "The journal cannot be reversed"
    detail_th = "บันทึกรายการเดิมใหม่แทนการกลับรายการกลับ"
    detail_en = "Record the entry anew instead of reversing a reversal"


class ReversalByRecorder(Forbidden):
    """Who recorded money does not take it out of the books again (ผู้บันทึกกลับรายการของตนเองไม่ได้)."""

    code = "reversal_by_recorder"
    title_th, title_en = (
        "ผู้บันทึกกลับรายการของตนเองไม่ได้ ให้ผู้อื่นกลับรายการ",
        "Somebody else must reverse what you recorded",
    )
    detail_th = "ให้กรรมการคนอื่นหรือพัฒนากรกลับรายการ"
    detail_en = "Let another committee member or the tambon's officer reverse it"


class ReversalBeforeEntry(InvalidField):
    """A mirror is dated on the day of what it mirrors, or later: between the two the books would be short."""

    code = "reversal_before_entry"
    title_th, title_en = "วันกลับรายการอยู่ก่อนวันที่ของรายการเดิม", "The reversal is dated before what it reverses"
    detail_th = "ระบุวันกลับรายการตั้งแต่วันของรายการเดิมเป็นต้นไป"
    detail_en = "Give the day of the entry or a later one"


class AppendOnly(Conflict):
    """Books are only added to."""

    code = "append_only"
    title_th, title_en = "บัญชีแก้ไขหรือลบไม่ได้ ต้องกลับรายการ", "Books are only added to: reverse instead"
    detail_th = "กลับรายการเดิม แล้วบันทึกรายการใหม่"
    detail_en = "Reverse the entry and record another"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_books": BooksExist,
    "ck_fund_books_cash": OverCapital,
    "ck_fund_books_available": OverCapital,
    "ck_fund_books_reserved": ReservedTooLittle,
    "fk_journals_fund_id": BooksNotFound,
    "ck_journals_balanced": UnbalancedEntry,
    "ck_journals_total": UnbalancedEntry,
    "ck_journals_line_count": UnbalancedEntry,
    "ck_journals_mirrors": UnbalancedEntry,
    "ck_journals_sub_ledger": PartBelowZero,
    "ck_journals_capital": CapitalBelowZero,
    "ck_journals_period_open": PeriodClosed,
    "ck_journals_business_date": EntryInFuture,
    "ck_journals_reverses": NotReversible,
    "uq_journals_reverses": AlreadyReversed,
    "ck_journals_append_only": AppendOnly,
    "ck_journal_lines_append_only": AppendOnly,
    "ck_journal_lines_amount": LineNotValid,
    "ck_journal_lines_loan_id": LineNotValid,
    "ck_journal_lines_member_id": LineNotValid,
    "ck_journal_lines_journal": AppendOnly,
}
