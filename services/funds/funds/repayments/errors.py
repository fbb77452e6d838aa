"""Refusals about repayments."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class RepaymentNotFound(NotFound):
    """No repayment of this id in the caller's areas."""

    code = "repayment_not_found"
    title_th, title_en = "ไม่พบรายการรับชำระนี้", "There is no such repayment"


class RepaymentExists(Conflict):
    """The id is taken by another repayment."""

    code = "repayment_exists"
    title_th, title_en = "รหัสรายการรับชำระนี้ใช้แล้ว", "The id belongs to another repayment"
    detail_th = "ใช้รหัสใหม่ ถ้าเป็นใบเดียวกันต้องส่งทุกช่องเหมือนเดิม"
    detail_en = "Use another id; the same receipt is sent with every field the same"


class ReceiptUsed(Conflict):
    """The fund has a receipt of this number that stands."""

    code = "receipt_used"
    title_th, title_en = "ใบเสร็จเลขที่นี้ใช้แล้ว", "The receipt number is used already"
    detail_th = "ตรวจเลขที่ใบเสร็จ หรือกลับรายการใบเดิมก่อน"
    detail_en = "Check the receipt's number, or reverse the one that has it"


class LoanNotOpen(Conflict):
    """Nothing was paid out on the loan, or it is closed."""

    code = "loan_not_open"
    title_th, title_en = "สัญญานี้ไม่มียอดให้ชำระ", "The loan is not open"
    detail_th = "รับชำระได้เมื่อจ่ายเงินกู้แล้วและยังไม่ปิดสัญญา ตรวจเลขที่สัญญา"
    detail_en = "Money is taken on a loan that is paid out and open; check the loan"


class PaymentInFuture(InvalidField):
    """Money is received today or earlier."""

    code = "payment_in_future"
    title_th, title_en = "วันรับเงินยังมาไม่ถึง", "The payment is dated in the future"
    detail_th = "ระบุวันรับเงินเป็นวันนี้หรือก่อนหน้า"
    detail_en = "Give today or an earlier day"


class PaymentBeforeLoan(InvalidField):
    """Nothing is repaid before money was lent; of a loan taken over, before the day of its book."""

    code = "payment_before_loan"
    title_th, title_en = (
        "วันรับเงินอยู่ก่อนวันที่จ่ายเงินกู้หรือวันตัดยอดบัญชีเดิม",
        "The payment is dated before the money was lent, or before the book that was taken over",
    )
    detail_th = "ระบุวันรับเงินตั้งแต่วันจ่ายเงินกู้เป็นต้นไป ตรวจเลขที่สัญญาด้วย"
    detail_en = "Give the day the money was lent or a later one; check which loan it is"


class BookedBeforePaid(InvalidField):
    """Money is booked on the day it came or later."""

    code = "booked_before_paid"
    title_th, title_en = "วันลงบัญชีอยู่ก่อนวันรับเงิน", "It is booked before it was paid"
    detail_th = "ระบุวันลงบัญชีตั้งแต่วันรับเงินเป็นต้นไป"
    detail_en = "Give the day the money came or a later one"


class PayoffTooLittle(Conflict):
    """A pay-off takes all of the quote."""

    code = "payoff_too_little"
    title_th, title_en = "ยอดไม่พอปิดบัญชี", "The amount does not pay the loan off"
    detail_th = "ดูยอดปิดบัญชีของวันนั้นที่ payoff"
    detail_en = "See `payoff` for what settles the loan on that day"


class PartsDoNotSum(InvalidField):
    """What members brought does not sum to the amount."""

    code = "parts_do_not_sum"
    title_th, title_en = "ส่วนของสมาชิกรวมไม่เท่ากับยอดเงิน", "The members' parts do not sum to the amount"
    detail_th = "แก้ส่วนของสมาชิกให้รวมเท่ากับยอดเงิน"
    detail_en = "Make the parts sum to the amount"


class NotOfTheGroup(InvalidField):
    """A part names somebody who has no share of the loan."""

    code = "not_of_the_group"
    title_th, title_en = "ผู้นี้ไม่มีส่วนในสัญญา", "She has no share of the loan"
    detail_th = "ระบุเฉพาะสมาชิกที่มีส่วนในสัญญา"
    detail_en = "Name only members with a share of the loan"


class RepaymentReversed(Conflict):
    """The repayment was reversed already."""

    code = "repayment_reversed"
    title_th, title_en = "รายการรับชำระนี้กลับรายการแล้ว", "The repayment was reversed already"
    detail_th = "บันทึกใบเสร็จใหม่ที่ถูกต้อง"
    detail_en = "Record the right receipt anew"


class NotReversibleNow(Conflict):
    """The loan was written off since, or what the repayment left over was given back or used since."""

    code = "repayment_not_reversible"
    title_th, title_en = "กลับรายการรับชำระนี้ไม่ได้แล้ว", "The repayment cannot be reversed any more"
    detail_th = "ตรวจการตัดหนี้สูญหรือการคืนเงินหลังรับชำระนี้"
    detail_en = "See what came after it: a write-off, or money given back or used"


class NoAdvance(Conflict):
    """Less is kept ahead than would be given back."""

    code = "no_advance"
    title_th, title_en = "เงินรับล่วงหน้าไม่พอ", "Less is kept ahead than that"
    detail_th = "คืนได้ไม่เกินเงินรับล่วงหน้าคงเหลือของสัญญา"
    detail_en = "Give back no more than the loan has ahead"


class RefundBeforeMoney(InvalidField):
    """An advance is given back on the day of the last movement on the loan or later."""

    code = "refund_before_money"
    title_th, title_en = "วันคืนเงินอยู่ก่อนรายการล่าสุดของสัญญา", "It is dated before the last movement on the loan"
    detail_th = "ระบุวันคืนเงินตั้งแต่รายการล่าสุดของสัญญาเป็นต้นไป"
    detail_en = "Give the day of the last movement on the loan or a later one"


class RefundExists(Conflict):
    """The refund's id is taken."""

    code = "refund_exists"
    title_th, title_en = "มีรายการคืนเงินรหัสนี้แล้ว", "The refund exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the refund that is there"


class QuoteInPast(InvalidField):
    """A quote is for today or a later day."""

    code = "quote_in_past"
    title_th, title_en = "วันที่ต้องเป็นวันนี้หรือหลังจากนี้", "A quote is for today or later"
    detail_th = "ระบุ on เป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give `on` as today or a later day"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_repayments": RepaymentExists,
    "uq_repayments_receipt_no_standing": ReceiptUsed,
    "pk_loan_entries": RefundExists,
}
