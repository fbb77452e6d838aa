"""Refusals about papers of loans."""

from shared.errors import Conflict, InvalidField


class NothingOverdue(Conflict):
    """A letter asks for what is overdue, and nothing is."""

    code = "nothing_overdue"
    title_th, title_en = "ไม่มีหนี้ที่ค้างชำระ", "Nothing is overdue"
    detail_th = "ออกหนังสือทวงถามได้เมื่อมียอดเกินกำหนด"
    detail_en = "A letter is written once something is overdue"


class LoanFrozen(Conflict):
    """Nothing is asked for while a loan is frozen: after a death until it is decided who answers for it."""

    code = "loan_frozen"
    title_th, title_en = "สัญญานี้พักหนี้อยู่ ยังไม่ทวงถาม", "Nothing is asked for while the loan is frozen"
    detail_th = "ตัดสินผู้รับผิดชอบหนี้หลังการเสียชีวิตก่อน"
    detail_en = "Decide first who answers for the debt after the death"


class NoSuchGuarantor(InvalidField):
    """The loan has no guarantor of this number."""

    code = "no_such_guarantor"
    title_th, title_en = "ไม่มีผู้ค้ำประกันลำดับนี้", "There is no guarantor of this number"
    detail_th = "ใช้ลำดับผู้ค้ำประกันตามสัญญา"
    detail_en = "Use the number of a guarantor in the contract"


class PayByInThePast(InvalidField):
    """Nobody can pay until a day that is over."""

    code = "pay_by_in_the_past"
    title_th, title_en = "วันที่ให้ชำระผ่านมาแล้ว", "The day to pay by is over"
    detail_th = "ระบุวันชำระเป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give a day to pay by of today or later"
