"""Refusals about loans."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class LoanNotFound(NotFound):
    """No loan of this id in the caller's areas."""

    code = "loan_not_found"
    title_th, title_en = "ไม่พบสัญญานี้", "There is no such loan"


class ScheduleNotFound(NotFound):
    """The loan has no schedule of this number."""

    code = "loan_schedule_not_found"
    title_th, title_en = "ไม่พบตารางผ่อนชำระนี้", "The loan has no such schedule"


class LoanExists(Conflict):
    """The id is taken."""

    code = "loan_exists"
    title_th, title_en = "มีสัญญารหัสนี้แล้ว", "The loan exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านสัญญาเดิม"
    detail_en = "Use another id, or read the loan that is there"


class ContractNumberUsed(Conflict):
    """The fund has a contract of this number."""

    code = "contract_number_used"
    title_th, title_en = "เลขที่สัญญานี้ใช้แล้ว", "The contract number is used already"
    detail_th = "ใช้เลขที่สัญญาอื่น"
    detail_en = "Use another contract number"


class AlreadyContracted(Conflict):
    """The application has a contract."""

    code = "already_contracted"
    title_th, title_en = "คำขอนี้ทำสัญญาแล้ว", "The application has a contract already"
    detail_th = "อ่านสัญญาของคำขอนี้"
    detail_en = "Read the loan of this application"


class TermTooLong(InvalidField):
    """More instalments or months than the product or the approval allows."""

    code = "term_too_long"
    title_th, title_en = (
        "ระยะเวลาหรือจำนวนงวดเกินกำหนด",
        "The term is longer than the product or the approval allows",
    )
    detail_th = "ลดจำนวนงวดหรือระยะห่างของงวดให้อยู่ในที่อนุมัติ"
    detail_en = "Give fewer instalments, or closer ones, within what was approved"


class RateAboveProduct(InvalidField):
    """More interest than was approved, or than the fund asks where no rate was applied for."""

    code = "rate_above_product"
    title_th, title_en = (
        "อัตราดอกเบี้ยเกินที่อนุมัติหรือที่กองทุนกำหนด",
        "The rate is above the one approved or the fund's own",
    )
    detail_th = "ไม่ต้องระบุอัตรา หรือระบุไม่เกินที่อนุมัติ"
    detail_en = "Leave the rate out, or give no more than was approved"


class BeforeApproval(InvalidField):
    """The contract is dated before its approval."""

    code = "before_approval"
    title_th, title_en = "วันทำสัญญาอยู่ก่อนวันอนุมัติ", "The contract is dated before the approval"
    detail_th = "ระบุวันทำสัญญาตั้งแต่วันอนุมัติเป็นต้นไป"
    detail_en = "Give the day of the approval or a later one"


class BeforeContract(InvalidField):
    """Nothing is paid out before the contract is signed."""

    code = "before_contract"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนวันทำสัญญา", "The day lies before the contract's"
    detail_th = "ระบุวันจ่ายตั้งแต่วันทำสัญญาเป็นต้นไป"
    detail_en = "Give the contract's day or a later one"


class BeforeLastDisbursement(InvalidField):
    """Disbursements are recorded in the order of their days."""

    code = "before_last_disbursement"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนการจ่ายครั้งก่อน", "The day lies before the last disbursement's"
    detail_th = "ระบุวันจ่ายตั้งแต่วันจ่ายครั้งก่อนเป็นต้นไป"
    detail_en = "Give the day of the last disbursement or a later one"


class BeforeLastReceipt(InvalidField):
    """What was received since was allocated without the money that would be paid out before it."""

    code = "before_last_receipt"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนการรับชำระครั้งล่าสุด", "The day lies before the last receipt's"
    detail_th = "ระบุวันจ่ายตั้งแต่วันรับชำระครั้งล่าสุดเป็นต้นไป"
    detail_en = "Give the day of the last receipt or a later one"


class OverContract(Conflict):
    """More would be paid out than was contracted."""

    code = "over_contract"
    title_th, title_en = "จ่ายเกินวงเงินตามสัญญา", "More than the contract's amount"
    detail_th = "ลดจำนวนเงินให้ไม่เกินวงเงินที่ยังไม่ได้จ่าย"
    detail_en = "Pay out no more than is left of the contract"


class PaidOutByContractor(Forbidden):
    """Who made the contract does not pay out on it as well (ผู้ทำสัญญาจ่ายเงินเองไม่ได้)."""

    code = "paid_out_by_contractor"
    title_th, title_en = (
        "ผู้ทำสัญญาจ่ายเงินเองไม่ได้ ให้ผู้อื่นจ่าย",
        "Somebody else must pay out on a contract that you made",
    )
    detail_th = "ให้ผู้ที่ไม่ได้ทำสัญญาเป็นผู้จ่ายเงิน"
    detail_en = "Let somebody pay out who did not make the contract"


class OwnLoan(Forbidden):
    """Nobody on a committee pays out to herself, her group or her household (จ่ายเงินกู้ให้ตนเองไม่ได้)."""

    code = "own_loan"
    title_th, title_en = (
        "จ่ายเงินกู้ให้ตนเอง กลุ่ม หรือครัวเรือนของตนไม่ได้",
        "Nobody pays out to herself, her group or her household",
    )
    detail_th = "ให้กรรมการคนอื่นเป็นผู้จ่ายเงิน"
    detail_en = "Let another committee member pay out"


class VoucherUsed(Conflict):
    """The fund has paid out with this voucher."""

    code = "voucher_used"
    title_th, title_en = "ใบสำคัญจ่ายเลขที่นี้ใช้แล้ว", "The voucher is used already"
    detail_th = "ใช้เลขที่ใบสำคัญจ่ายอื่น หรืออ่านรายการจ่ายเดิม"
    detail_en = "Use another voucher number, or read the disbursement that has it"


class DisbursementExists(Conflict):
    """The id is taken."""

    code = "disbursement_exists"
    title_th, title_en = "มีรายการจ่ายรหัสนี้แล้ว", "The disbursement exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการจ่ายเดิม"
    detail_en = "Use another id, or read the disbursement that is there"


class DisbursementNotFound(NotFound):
    """The loan has no disbursement of this id."""

    code = "disbursement_not_found"
    title_th, title_en = "ไม่พบรายการจ่ายนี้", "There is no such disbursement"


class DisbursementReversed(Conflict):
    """The disbursement was reversed already."""

    code = "disbursement_reversed"
    title_th, title_en = "รายการจ่ายนี้กลับรายการแล้ว", "The disbursement was reversed already"
    detail_th = "บันทึกการจ่ายใหม่ที่ถูกต้อง"
    detail_en = "Record the right disbursement anew"


class RepaidAlready(Conflict):
    """Receipts stand on the loan: they are reversed before what was paid out is."""

    code = "repaid_already"
    title_th, title_en = (
        "สัญญานี้รับชำระแล้ว ต้องกลับรายการรับชำระก่อน",
        "Receipts stand on the loan: reverse them first",
    )
    detail_th = "กลับรายการรับชำระทั้งหมดของสัญญาก่อน"
    detail_en = "Reverse the loan's receipts first"


class WrongLoanState(Conflict):
    """The loan's state does not allow it."""

    code = "wrong_loan_state"
    title_th, title_en = "สถานะสัญญาไม่อนุญาตให้ทำรายการนี้", "The loan's state does not allow this"
    detail_th = "อ่านสถานะปัจจุบันของสัญญาก่อน"
    detail_en = "Read where the loan stands first"


class LoanRescheduled(Conflict):
    """The schedule was changed since: a further disbursement needs a contract of its own."""

    code = "loan_rescheduled"
    title_th, title_en = (
        "ตารางผ่อนชำระถูกเปลี่ยนแล้ว จ่ายเพิ่มไม่ได้",
        "The schedule was changed: no further disbursement",
    )
    detail_th = "ทำคำขอและสัญญาใหม่สำหรับเงินส่วนเพิ่ม"
    detail_en = "Make another application and contract for the further money"


class PrincipalNotKept(InvalidField):
    """A new schedule repays exactly the principal that is owed."""

    code = "principal_not_kept"
    title_th, title_en = "เงินต้นตามตารางใหม่ไม่เท่ากับยอดค้าง", "The new schedule does not repay what is owed"
    detail_th = "แก้เงินต้นในตารางใหม่ให้รวมเท่ากับยอดค้าง"
    detail_en = "Make the new schedule's principal sum to what is owed"


class ScheduleNotValid(InvalidField):
    """A new schedule has rows in the order of their days, none of them negative."""

    code = "schedule_not_valid"
    title_th, title_en = "ตารางผ่อนชำระใหม่ไม่ถูกต้อง", "The new schedule is not valid"
    detail_th = "เรียงงวดตามวันครบกำหนด และไม่ให้มียอดติดลบ"
    detail_en = "Give rows in the order of their days, none of them negative"


class WaiverTooHigh(InvalidField):
    """No more interest is waived than is owed."""

    code = "waiver_too_high"
    title_th, title_en = "ยอดงดดอกเบี้ยเกินดอกเบี้ยค้าง", "More would be waived than is owed"
    detail_th = "งดได้ไม่เกินดอกเบี้ยค้างในปัจจุบัน"
    detail_en = "Waive no more than the interest owed now"


class FollowerNeeded(Conflict):
    """While a group's loan is open a committee member in office answers for the group: assign one first."""

    code = "follower_needed"
    title_th, title_en = "ต้องมอบหมายกรรมการรับผิดชอบกลุ่มก่อนจ่ายเงิน", "Nobody in office answers for the group"
    detail_th = "มอบหมายกรรมการที่ follow-assignments ก่อนจ่ายเงิน"
    detail_en = "Assign a committee member at follow-assignments first"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_loans": LoanExists,
    "uq_loans_contract_no": ContractNumberUsed,
    "uq_loans_application_id": AlreadyContracted,
    "ck_loans_disbursed": OverContract,
    "pk_loan_disbursements": DisbursementExists,
    "uq_loan_disbursements_document_no": VoucherUsed,
}
