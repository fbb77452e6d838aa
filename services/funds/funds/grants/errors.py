"""Refusals about grants."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class GrantNotFound(NotFound):
    """No grant of this id in the caller's areas."""

    code = "grant_not_found"
    title_th, title_en = "ไม่พบเงินอุดหนุนนี้", "There is no such grant"


class GrantExists(Conflict):
    """The id is taken, or the application was paid already."""

    code = "grant_exists"
    title_th, title_en = "จ่ายเงินอุดหนุนนี้แล้ว", "The grant was paid already"
    detail_th = "อ่านเงินอุดหนุนของคำขอนี้ก่อน คำขอหนึ่งจ่ายครั้งเดียว"
    detail_en = "Read the application's grant: one is paid once"


class GrantNumberTaken(Conflict):
    """Another grant of the fund has this number."""

    code = "grant_number_taken"
    title_th, title_en = "เลขที่เงินอุดหนุนนี้ใช้แล้ว", "The grant number is taken"
    detail_th = "ใช้เลขที่อื่น หรือไม่ระบุเพื่อให้ระบบออกเลขให้"
    detail_en = "Use another number, or none to be given the next one"


class WrongGrantState(Conflict):
    """The grant is confirmed or reversed already."""

    code = "wrong_grant_state"
    title_th, title_en = "สถานะเงินอุดหนุนไม่อนุญาต", "The grant's state does not allow it"
    detail_th = "อ่านสถานะปัจจุบันของเงินอุดหนุนก่อน"
    detail_en = "Read where the grant stands first"


class PaidBeforeApproval(InvalidField):
    """The day is before the approval."""

    code = "paid_before_approval"
    title_th, title_en = "วันจ่ายอยู่ก่อนวันอนุมัติ", "Paid before it was approved"
    detail_th = "ระบุวันจ่ายตั้งแต่วันอนุมัติเป็นต้นไป ดู approved_on"
    detail_en = "Give the day of the approval (`approved_on`) or a later one"


class UsedBeforePaid(InvalidField):
    """The day is before the payment."""

    code = "used_before_paid"
    title_th, title_en = "วันใช้เงินอยู่ก่อนวันจ่าย", "Used before it was paid"
    detail_th = "ระบุวันใช้เงินตั้งแต่วันจ่ายเป็นต้นไป"
    detail_en = "Give the day of the payment or a later one"


class MoreThanGranted(InvalidField):
    """Uses and returns are together not more than the grant, and no more is taken back than was shown."""

    code = "more_than_granted"
    title_th, title_en = "เกินยอดเงินอุดหนุน", "More than was granted"
    detail_th = "ตรวจยอดที่ใช้และคืนแล้วของเงินอุดหนุนนี้"
    detail_en = "Check what was shown and returned so far"


class UseNotShown(Conflict):
    """A part of the money is neither shown to be used nor come back."""

    code = "use_not_shown"
    title_th, title_en = "ยังแสดงการใช้เงินไม่ครบ", "The use is not shown in full"
    detail_th = "บันทึกการใช้เงินหรือรับคืนให้ครบก่อนรับรอง"
    detail_en = "Record uses or returns of all the money first"


class GrantUseExists(Conflict):
    """The id is taken."""

    code = "grant_use_exists"
    title_th, title_en = "มีรายการใช้เงินรหัสนี้แล้ว", "The use exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the use that is there"


class GrantUseNotFound(NotFound):
    """The grant has no such use."""

    code = "grant_use_not_found"
    title_th, title_en = "ไม่พบรายการใช้เงินนี้", "The grant has no such use"


class NotAReturn(Conflict):
    """Only money that came back is reversed, once; a use is taken back by one below zero."""

    code = "not_a_return"
    title_th, title_en = "กลับรายการได้เฉพาะการรับคืนที่ยังไม่กลับรายการ", "It is no return, or reversed already"
    detail_th = "การใช้เงินที่ลงผิดให้บันทึกยอดติดลบแทน"
    detail_en = "Take a wrong use back by recording one below zero"


class OwnGrant(Forbidden):
    """Nobody confirms what she applied for, paid out or recorded, or what her group or household got."""

    code = "own_grant"
    title_th, title_en = "รับรองเงินอุดหนุนของตนเองไม่ได้", "Nobody confirms her own grant"
    detail_th = "ให้ผู้ที่ไม่ได้ขอ จ่าย หรือบันทึกเป็นผู้รับรอง"
    detail_en = "Let somebody confirm who neither applied, paid nor recorded"


class GrantAccountedFor(Conflict):
    """Uses are shown or money came back already: such a payment is not reversed."""

    code = "grant_accounted_for"
    title_th, title_en = "มีการใช้หรือคืนเงินแล้ว กลับรายการจ่ายไม่ได้", "Use was shown already: it is not reversed"
    detail_th = "กลับรายการรับคืน และบันทึกการใช้ติดลบก่อน"
    detail_en = "Reverse the returns and take the uses back first"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_grants": GrantExists,
    "uq_grants_application_id": GrantExists,
    "uq_grants_fund_id": GrantNumberTaken,
    "ck_grants_used": MoreThanGranted,
    "pk_grant_uses": GrantUseExists,
    "uq_grant_uses_reverses": NotAReturn,
}
