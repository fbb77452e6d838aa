"""Refusals about hand-overs."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class HandoverNotFound(NotFound):
    """The fund has no such hand-over."""

    code = "handover_not_found"
    title_th, title_en = "ไม่พบการส่งมอบงานนี้", "There is no such hand-over"


class HandoverExists(Conflict):
    """The id is taken."""

    code = "handover_exists"
    title_th, title_en = "มีการส่งมอบงานรหัสนี้แล้ว", "The hand-over exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านการส่งมอบเดิม"
    detail_en = "Use another id, or read the hand-over that is there"


class HandoverSigned(Conflict):
    """Both sides have signed: it stays as it is."""

    code = "handover_signed"
    title_th, title_en = "ลงนามครบสองฝ่ายแล้ว แก้ไขไม่ได้", "Both sides have signed it"
    detail_th = "บันทึกการส่งมอบใหม่ถ้ายังมีสิ่งที่ต้องแก้"
    detail_en = "Record another hand-over if something is to be corrected"


class SideSignedAlready(Conflict):
    """This side has signed this version already."""

    code = "side_signed_already"
    title_th, title_en = "ฝ่ายนี้ลงนามแล้ว", "This side has signed already"
    detail_th = "รออีกฝ่ายลงนาม"
    detail_en = "Wait for the other side to sign"


class SameSigner(Conflict):
    """The two sides are two different persons."""

    code = "same_signer"
    title_th, title_en = "ผู้ส่งมอบและผู้รับมอบต้องเป็นคนละคน", "One person cannot sign for both sides"
    detail_th = "ให้อีกคนหนึ่งลงนามอีกฝ่าย"
    detail_en = "Let another person sign the other side"


class DifferenceUnexplained(Conflict):
    """What was counted is not what the books say, and nobody has written why."""

    code = "difference_unexplained"
    title_th, title_en = "ยอดนับไม่ตรงกับบัญชีและยังไม่มีคำชี้แจง", "A difference has no explanation"
    detail_th = "ระบุคำชี้แจงส่วนต่างใน explanation ก่อนลงนาม"
    detail_en = "Write the reason into `explanation` before it is signed"


class MoneyNotCounted(InvalidField):
    """Cash and bank are counted in every hand-over, and what the books have of debts and savings."""

    code = "money_not_counted"
    title_th, title_en = (
        "ต้องนับเงินสด เงินฝากธนาคาร และยอดที่มีในบัญชี บัญชีละหนึ่งครั้ง",
        "Cash, bank and what the books have must be counted, each once",
    )
    detail_th = "ระบุยอดนับของทุกบัญชีที่ขาด บัญชีละหนึ่งครั้ง"
    detail_en = "Give a count of every such account, each once"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_handovers": HandoverExists,
    "pk_fund_handover_signatures": SideSignedAlready,
    "uq_fund_handover_signatures_handover_id": SameSigner,
}
