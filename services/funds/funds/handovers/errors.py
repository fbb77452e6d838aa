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


class HandoverSigned(Conflict):
    """Both sides have signed: it stays as it is."""

    code = "handover_signed"
    title_th, title_en = "ลงนามครบสองฝ่ายแล้ว แก้ไขไม่ได้", "Both sides have signed it"


class SideSignedAlready(Conflict):
    """This side has signed this version already."""

    code = "side_signed_already"
    title_th, title_en = "ฝ่ายนี้ลงนามแล้ว", "This side has signed already"


class SameSigner(Conflict):
    """The two sides are two different persons."""

    code = "same_signer"
    title_th, title_en = "ผู้ส่งมอบและผู้รับมอบต้องเป็นคนละคน", "One person cannot sign for both sides"


class DifferenceUnexplained(Conflict):
    """What was counted is not what the books say, and nobody has written why."""

    code = "difference_unexplained"
    title_th, title_en = "ยอดนับไม่ตรงกับบัญชีและยังไม่มีคำชี้แจง", "A difference has no explanation"


class MoneyNotCounted(InvalidField):
    """Cash and bank are counted in every hand-over, and what the books have of debts and savings."""

    code = "money_not_counted"
    title_th, title_en = (
        "ต้องนับเงินสด เงินฝากธนาคาร และยอดที่มีในบัญชี บัญชีละหนึ่งครั้ง",
        "Cash, bank and what the books have must be counted, each once",
    )


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_handovers": HandoverExists,
    "pk_fund_handover_signatures": SideSignedAlready,
    "uq_fund_handover_signatures_handover_id": SameSigner,
}
