"""Refusals about reliefs."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ReliefNotFound(NotFound):
    """The loan has no relief of this id."""

    code = "relief_not_found"
    title_th, title_en = "ไม่พบคำขอผ่อนปรนนี้", "There is no such relief"


class ReliefExists(Conflict):
    """The id is taken, or a relief of the loan waits for its decision."""

    code = "relief_exists"
    title_th, title_en = "มีคำขอผ่อนปรนที่รอตัดสินอยู่แล้ว", "A relief of this loan waits already"
    detail_th = "รอหรือถอนคำขอที่ค้างอยู่ก่อนเสนอใหม่"
    detail_en = "Wait for the relief that stands, or withdraw it"


class ReliefDecided(Conflict):
    """It was decided or withdrawn before."""

    code = "relief_decided"
    title_th, title_en = "คำขอผ่อนปรนนี้ตัดสินแล้ว", "The relief is decided already"
    detail_th = "เสนอคำขอใหม่ถ้ายังจำเป็น"
    detail_en = "Propose another if it is still needed"


class OwnRelief(Forbidden):
    """Nobody decides what she proposed, or on a loan that she applied for, owes or guarantees."""

    code = "own_relief"
    title_th, title_en = (
        "ผู้เสนอ ผู้ขอกู้ ครัวเรือนผู้กู้ หรือผู้ค้ำประกันตัดสินคำขอนี้ไม่ได้",
        "Who proposed it, or applied for, owes or guarantees the loan may not decide it",
    )
    detail_th = "ให้ผู้ที่ไม่ได้เสนอ ไม่ได้ขอกู้ และไม่ใช่ผู้กู้หรือผู้ค้ำประกันเป็นผู้ตัดสิน"
    detail_en = "Let somebody decide who neither proposed it, applied, owes nor guarantees"


class DueInPast(InvalidField):
    """What is agreed anew is due after today."""

    code = "due_in_past"
    title_th, title_en = "วันครบกำหนดต้องอยู่หลังวันนี้", "It must be due after today"
    detail_th = "ระบุวันครบกำหนดหลังวันนี้"
    detail_en = "Give a due day after today"


class DueTooFar(InvalidField):
    """Nothing is agreed that falls due in some other era: 2569 is the year 2026 (B.E. given as C.E.)."""

    code = "due_too_far"
    title_th, title_en = "วันครบกำหนดอยู่ไกลเกินไป ระบุปีเป็น ค.ศ.", "It is due too far ahead; years are C.E."
    detail_th = "ปี ค.ศ. เท่ากับปี พ.ศ. ลบ 543"
    detail_en = "A Buddhist year less 543 is the year C.E."


class RateNotLower(InvalidField):
    """A relief does not raise the interest."""

    code = "rate_not_lower"
    title_th, title_en = "อัตราดอกเบี้ยใหม่สูงกว่าเดิมไม่ได้", "A relief does not raise the rate"
    detail_th = "ระบุอัตราไม่สูงกว่าเดิม"
    detail_en = "Give the present rate or a lower one"


class SettlementOutOfRange(InvalidField):
    """A settlement repays the principal and asks for no more than is owed; less is a write-off."""

    code = "settlement_out_of_range"
    title_th, title_en = (
        "ยอดประนอมหนี้ต้องไม่น้อยกว่าเงินต้นและไม่เกินยอดหนี้",
        "Between the principal and what is owed",
    )
    detail_th = "ต่ำกว่าเงินต้นให้ใช้การตัดหนี้สูญ"
    detail_en = "Less than the principal is a write-off"


class NotAGroupsLoan(Conflict):
    """Only a group's debt is split."""

    code = "not_a_groups_loan"
    title_th, title_en = "แยกหนี้ได้เฉพาะสัญญาของกลุ่ม", "Only a group's loan is split"
    detail_th = "เลือกการผ่อนปรนแบบอื่นสำหรับสัญญารายคน"
    detail_en = "Choose another relief for a person's loan"


class PartsDoNotSum(InvalidField):
    """The members' parts sum to the principal that is owed."""

    code = "debt_parts_do_not_sum"
    title_th, title_en = "ส่วนของสมาชิกรวมไม่เท่ากับเงินต้นคงเหลือ", "The parts do not sum to the principal owed"
    detail_th = "แก้ส่วนของสมาชิกให้รวมเท่ากับเงินต้นคงเหลือ"
    detail_en = "Make the parts sum to the principal that is owed"


class NotInTheGroup(InvalidField):
    """A part is of somebody who has no share in the loan."""

    code = "not_in_the_group"
    title_th, title_en = "ไม่ใช่ผู้มีส่วนในสัญญานี้", "She has no share in the loan"
    detail_th = "ระบุเฉพาะผู้ที่มีส่วนในสัญญา"
    detail_en = "Name only those with a share in the loan"


class NobodyAnswersYet(InvalidField):
    """A part is of a member who died, and it is not decided who answers for it: the group does no more."""

    code = "nobody_answers_yet"
    title_th, title_en = "ยังไม่มีผู้รับผิดชอบส่วนของสมาชิกที่เสียชีวิต", "Nobody answers yet for the part of one who died"
    detail_th = "ตัดสินผู้รับผิดชอบหนี้ของผู้เสียชีวิตก่อน หรือแบ่งส่วนนั้นให้สมาชิกคนอื่น"
    detail_en = "Decide first who answers for it (`death-decision`), or give the part to the other members"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_loan_reliefs": ReliefExists,
    "uq_loan_reliefs_loan_id_proposed": ReliefExists,
    "ck_loan_reliefs_two_persons": OwnRelief,
}
