"""Refusals about members' savings."""

from typing import Final

from funds.savings.rules import Fault
from shared.errors import Conflict, InvalidField, NotFound, Refusal


class NotASavingsFund(Conflict):
    """A fund of this kind keeps no members' savings."""

    code = "not_a_savings_fund"
    title_th, title_en = "กองทุนประเภทนี้ไม่รับเงินออม", "A fund of this kind keeps no savings"
    detail_th = "เลือกกลุ่มออมทรัพย์หรือกองทุนที่รับเงินออม"
    detail_en = "Choose a savings group or another fund that keeps savings"


class SavingsRuleExists(Conflict):
    """There is a resolution from this day already."""

    code = "savings_rule_exists"
    title_th, title_en = "มีระเบียบที่เริ่มใช้วันนี้อยู่แล้ว", "There is a resolution from this day already"
    detail_th = "เลือกวันเริ่มใช้อื่น"
    detail_en = "Choose another first day"


class PledgeExists(Conflict):
    """The member has a pledge from this month already."""

    code = "pledge_exists"
    title_th, title_en = "มีสัจจะที่เริ่มเดือนนี้แล้ว", "There is a pledge from this month already"
    detail_th = "เลือกเดือนอื่น"
    detail_en = "Choose another first month"


class PledgeOutside(InvalidField):
    """The pledge is outside what the group resolved."""

    code = "pledge_outside_rules"
    title_th, title_en = "เงินสัจจะอยู่นอกเกณฑ์ของกลุ่ม", "The pledge is outside the group's rules"
    detail_th = "ระบุเงินสัจจะในเกณฑ์ที่กลุ่มมีมติ"
    detail_en = "Pledge within what the group has resolved"


class SavingsAccountNotFound(NotFound):
    """The member has never saved in the fund."""

    code = "savings_account_not_found"
    title_th, title_en = "สมาชิกคนนี้ยังไม่มีบัญชีเงินออม", "The member has no savings account"


class SavingsMovementNotFound(NotFound):
    """The fund has no such movement."""

    code = "savings_movement_not_found"
    title_th, title_en = "ไม่พบรายการเงินออมนี้", "There is no such movement"


class SavingsMovementExists(Conflict):
    """The id is taken by another movement."""

    code = "savings_movement_exists"
    title_th, title_en = "รหัสรายการนี้ใช้แล้ว", "The id is another movement's"
    detail_th = "ใช้รหัสใหม่ ถ้าเป็นรายการเดียวกันต้องส่งทุกช่องเหมือนเดิม"
    detail_en = "Use another id; the same movement is sent with every field the same"


class SavingsDocumentUsed(Conflict):
    """The document names this member already."""

    code = "savings_document_used"
    title_th, title_en = "เอกสารเลขที่นี้บันทึกสมาชิกคนนี้แล้ว", "The document names the member already"
    detail_th = "ตรวจเลขที่เอกสารและสมาชิก"
    detail_en = "Check the document's number and the member"


class MovementReversed(Conflict):
    """It is reversed already."""

    code = "savings_movement_reversed"
    title_th, title_en = "รายการนี้กลับรายการแล้ว", "The movement is reversed already"
    detail_th = "บันทึกรายการใหม่ที่ถูกต้อง"
    detail_en = "Record the right movement anew"


class MovementNotReversible(Conflict):
    """Only deposits and withdrawals are reversed one by one."""

    code = "savings_movement_not_reversible"
    title_th, title_en = "กลับได้เฉพาะรายการฝากและถอน", "Only deposits and withdrawals are reversed"
    detail_th = "กลับรายการที่เอกสารต้นทาง เช่น การจ่ายปันผลหรือใบตัดยอด"
    detail_en = "Reverse it where it came from, such as a distribution"


class NothingMoves(InvalidField):
    """No amount is given."""

    code = Fault.NOTHING.value
    title_th, title_en = "ไม่มีจำนวนเงิน", "No amount is given"
    detail_th = "ระบุเงินออมหรือค่าหุ้นมากกว่าศูนย์"
    detail_en = "Give savings or shares above zero"


class NotWholeShares(InvalidField):
    """The amount is not a number of whole shares."""

    code = Fault.NOT_WHOLE_SHARES.value
    title_th, title_en = "ค่าหุ้นไม่เป็นจำนวนหุ้นเต็ม", "Not a number of whole shares"
    detail_th = "ระบุค่าหุ้นเป็นจำนวนเต็มของมูลค่าหุ้น"
    detail_en = "Give a multiple of the value of a share"


class TooManyShares(Conflict):
    """She would have more shares than the group allows."""

    code = Fault.TOO_MANY_SHARES.value
    title_th, title_en = "หุ้นเกินที่กลุ่มกำหนด", "More shares than the group allows"
    detail_th = "ลดค่าหุ้นให้ไม่เกินที่กลุ่มกำหนดต่อคน"
    detail_en = "Give no more shares than the group allows a member"


class NotEnoughSavings(Conflict):
    """She has less than that."""

    code = Fault.NOT_ENOUGH.value
    title_th, title_en = "เงินออมหรือหุ้นไม่พอ", "She does not have that much"
    detail_th = "ถอนได้ไม่เกินยอดคงเหลือของสมาชิก"
    detail_en = "Withdraw no more than the member has"


class UnderMinimumBalance(Conflict):
    """Less would be left than the group wants to stay."""

    code = Fault.UNDER_MINIMUM.value
    title_th, title_en = "เงินออมคงเหลือต่ำกว่าที่กลุ่มกำหนด", "Less would be left than the group wants"
    detail_th = "ถอนให้น้อยลง หรือปิดบัญชีทั้งหมด"
    detail_en = "Withdraw less, or close the account"


class TooManyWithdrawals(Conflict):
    """She has withdrawn as often this month as the group allows."""

    code = Fault.TOO_OFTEN.value
    title_th, title_en = "ถอนครบจำนวนครั้งของเดือนแล้ว", "No more withdrawals this month"
    detail_th = "ถอนได้อีกในเดือนถัดไป"
    detail_en = "Withdraw next month"


class WithdrawalTooLarge(Conflict):
    """More than the group pays at a time."""

    code = Fault.TOO_MUCH.value
    title_th, title_en = "ถอนเกินสัดส่วนที่กลุ่มกำหนด", "More than the group pays at a time"
    detail_th = "ถอนให้น้อยลงตามระเบียบของกลุ่ม"
    detail_en = "Withdraw less, as the group's rules say"


class ClosingTakesAll(InvalidField):
    """Whoever goes takes all of her savings and shares."""

    code = Fault.NOT_ALL.value
    title_th, title_en = "ปิดบัญชีต้องถอนเงินออมและหุ้นทั้งหมด", "A closing takes all savings and shares"
    detail_th = "ระบุยอดเงินออมและหุ้นเท่ากับที่มีทั้งหมด"
    detail_en = "Give all of the member's savings and shares"


BY_FAULT: Final[dict[Fault, type[Refusal]]] = {
    Fault.NOTHING: NothingMoves,
    Fault.NOT_WHOLE_SHARES: NotWholeShares,
    Fault.TOO_MANY_SHARES: TooManyShares,
    Fault.NOT_ENOUGH: NotEnoughSavings,
    Fault.UNDER_MINIMUM: UnderMinimumBalance,
    Fault.TOO_OFTEN: TooManyWithdrawals,
    Fault.TOO_MUCH: WithdrawalTooLarge,
    Fault.NOT_ALL: ClosingTakesAll,
}

CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_savings_rules": SavingsRuleExists,
    "uq_savings_pledges_member_id": PledgeExists,
    "pk_savings_pledges": PledgeExists,
    "pk_savings_movements": SavingsMovementExists,
    "uq_savings_movements_document_no": SavingsDocumentUsed,
    "ck_savings_accounts_savings": NotEnoughSavings,
    "ck_savings_accounts_shares": NotEnoughSavings,
}
