"""Refusals about entries written by hand."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class AdjustmentNotFound(NotFound):
    """The fund has no proposed entry of this id."""

    code = "adjustment_not_found"
    title_th, title_en = "ไม่พบรายการปรับปรุงนี้", "There is no such adjustment"


class AdjustmentExists(Conflict):
    """The id is taken."""

    code = "adjustment_exists"
    title_th, title_en = "มีรายการปรับปรุงนี้แล้ว", "The adjustment exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the adjustment that is there"


class AdjustmentDecided(Conflict):
    """It was posted or rejected before."""

    code = "adjustment_decided"
    title_th, title_en = "รายการปรับปรุงนี้ตัดสินแล้ว", "The adjustment is decided already"
    detail_th = "อ่านผลการตัดสิน ถ้าต้องแก้ให้เสนอรายการใหม่"
    detail_en = "Read what was decided; propose another to correct it"


class OwnAdjustment(Forbidden):
    """Who wrote an entry does not confirm it."""

    code = "own_adjustment"
    title_th, title_en = "ผู้เสนออนุมัติรายการของตนเองไม่ได้", "Who proposed it may not decide it"
    detail_th = "ให้ผู้อื่นที่มีสิทธิ์ของกองทุนเป็นผู้ตัดสิน"
    detail_en = "Let another person with rights in the fund decide"


class AccountNotByHand(InvalidField):
    """Loans, advances, savings and shares are booked by what happens to them, never by hand."""

    code = "account_not_by_hand"
    title_th, title_en = "บัญชีคุมลงรายการด้วยมือไม่ได้", "A control account takes no entry by hand"
    detail_th = "บันทึกผ่านรายการเงินกู้ รับชำระ หรือเงินออมแทน"
    detail_en = "Record a loan, receipt or savings movement instead"


class AccountNotKept(InvalidField):
    """Funds of this kind do not keep the account."""

    code = "account_not_kept"
    title_th, title_en = "กองทุนประเภทนี้ไม่มีบัญชีนี้", "The fund keeps no such account"
    detail_th = "เลือกบัญชีจากผังบัญชีของกองทุนประเภทนี้"
    detail_en = "Choose an account of the chart for this kind of fund"


class NotOfItsKind(InvalidField):
    """An expense goes out of money, a transfer moves money: other lines make it an adjustment."""

    code = "not_of_its_kind"
    title_th, title_en = "รายการไม่ตรงกับประเภท", "The lines are not of this kind of entry"
    detail_th = "ค่าใช้จ่ายต้องจ่ายจากเงินสดหรือธนาคาร การโอนต้องเป็นระหว่างเงินสดกับธนาคาร นอกนั้นใช้ adjustment"
    detail_en = "An expense goes out of cash or bank, a transfer moves between them; else use `adjustment`"


class NotByHand(Conflict):
    """Only an entry that was written by hand is reversed by hand."""

    code = "not_by_hand"
    title_th, title_en = "กลับรายการนี้ด้วยมือไม่ได้ ให้กลับที่เอกสารต้นทาง", "Reverse it where it came from"
    detail_th = "เปิดเอกสารต้นทางของรายการแล้วกลับรายการที่นั่น"
    detail_en = "Open the document of the journal and reverse it there"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_ledger_adjustments": AdjustmentExists,
    "ck_ledger_adjustments_two_persons": OwnAdjustment,
}
