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


class ContractNumberUsed(Conflict):
    """The fund has a contract of this number."""

    code = "contract_number_used"
    title_th, title_en = "เลขที่สัญญานี้ใช้แล้ว", "The contract number is used already"


class AlreadyContracted(Conflict):
    """The application has a contract."""

    code = "already_contracted"
    title_th, title_en = "คำขอนี้ทำสัญญาแล้ว", "The application has a contract already"


class TermTooLong(InvalidField):
    """More instalments or months than the product or the approval allows."""

    code = "term_too_long"
    title_th, title_en = (
        "ระยะเวลาหรือจำนวนงวดเกินกำหนด",
        "The term is longer than the product or the approval allows",
    )


class RateAboveProduct(InvalidField):
    """More interest than was approved, or than the fund asks where no rate was applied for."""

    code = "rate_above_product"
    title_th, title_en = (
        "อัตราดอกเบี้ยเกินที่อนุมัติหรือที่กองทุนกำหนด",
        "The rate is above the one approved or the fund's own",
    )


class BeforeApproval(InvalidField):
    """The contract is dated before its approval."""

    code = "before_approval"
    title_th, title_en = "วันทำสัญญาอยู่ก่อนวันอนุมัติ", "The contract is dated before the approval"


class BeforeContract(InvalidField):
    """Nothing is paid out before the contract is signed."""

    code = "before_contract"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนวันทำสัญญา", "The day lies before the contract's"


class BeforeLastDisbursement(InvalidField):
    """Disbursements are recorded in the order of their days."""

    code = "before_last_disbursement"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนการจ่ายครั้งก่อน", "The day lies before the last disbursement's"


class BeforeLastReceipt(InvalidField):
    """What was received since was allocated without the money that would be paid out before it."""

    code = "before_last_receipt"
    title_th, title_en = "วันจ่ายเงินอยู่ก่อนการรับชำระครั้งล่าสุด", "The day lies before the last receipt's"


class OverContract(Conflict):
    """More would be paid out than was contracted."""

    code = "over_contract"
    title_th, title_en = "จ่ายเกินวงเงินตามสัญญา", "More than the contract's amount"


class PaidOutByContractor(Forbidden):
    """Who made the contract does not pay out on it as well (ผู้ทำสัญญาจ่ายเงินเองไม่ได้)."""

    code = "paid_out_by_contractor"
    title_th, title_en = (
        "ผู้ทำสัญญาจ่ายเงินเองไม่ได้ ให้ผู้อื่นจ่าย",
        "Somebody else must pay out on a contract that you made",
    )


class OwnLoan(Forbidden):
    """Nobody on a committee pays out to herself, her group or her household (จ่ายเงินกู้ให้ตนเองไม่ได้)."""

    code = "own_loan"
    title_th, title_en = (
        "จ่ายเงินกู้ให้ตนเอง กลุ่ม หรือครัวเรือนของตนไม่ได้",
        "Nobody pays out to herself, her group or her household",
    )


class VoucherUsed(Conflict):
    """The fund has paid out with this voucher."""

    code = "voucher_used"
    title_th, title_en = "ใบสำคัญจ่ายเลขที่นี้ใช้แล้ว", "The voucher is used already"


class DisbursementExists(Conflict):
    """The id is taken."""

    code = "disbursement_exists"
    title_th, title_en = "มีรายการจ่ายรหัสนี้แล้ว", "The disbursement exists already"


class DisbursementNotFound(NotFound):
    """The loan has no disbursement of this id."""

    code = "disbursement_not_found"
    title_th, title_en = "ไม่พบรายการจ่ายนี้", "There is no such disbursement"


class DisbursementReversed(Conflict):
    """The disbursement was reversed already."""

    code = "disbursement_reversed"
    title_th, title_en = "รายการจ่ายนี้กลับรายการแล้ว", "The disbursement was reversed already"


class RepaidAlready(Conflict):
    """Receipts stand on the loan: they are reversed before what was paid out is."""

    code = "repaid_already"
    title_th, title_en = (
        "สัญญานี้รับชำระแล้ว ต้องกลับรายการรับชำระก่อน",
        "Receipts stand on the loan: reverse them first",
    )


class WrongLoanState(Conflict):
    """The loan's state does not allow it."""

    code = "wrong_loan_state"
    title_th, title_en = "สถานะสัญญาไม่อนุญาตให้ทำรายการนี้", "The loan's state does not allow this"


class LoanRescheduled(Conflict):
    """The schedule was changed since: a further disbursement needs a contract of its own."""

    code = "loan_rescheduled"
    title_th, title_en = (
        "ตารางผ่อนชำระถูกเปลี่ยนแล้ว จ่ายเพิ่มไม่ได้",
        "The schedule was changed: no further disbursement",
    )


class SharesDoNotSum(InvalidField):
    """The parts of the group's members do not sum to the amount."""

    code = "shares_do_not_sum"
    title_th, title_en = "ส่วนแบ่งรวมไม่เท่ากับยอดเงิน", "The shares do not sum to the amount"


class PrincipalNotKept(InvalidField):
    """A new schedule repays exactly the principal that is owed."""

    code = "principal_not_kept"
    title_th, title_en = "เงินต้นตามตารางใหม่ไม่เท่ากับยอดค้าง", "The new schedule does not repay what is owed"


class ScheduleNotValid(InvalidField):
    """A new schedule has rows in the order of their days, none of them negative."""

    code = "schedule_not_valid"
    title_th, title_en = "ตารางผ่อนชำระใหม่ไม่ถูกต้อง", "The new schedule is not valid"


class WaiverTooHigh(InvalidField):
    """No more interest is waived than is owed."""

    code = "waiver_too_high"
    title_th, title_en = "ยอดงดดอกเบี้ยเกินดอกเบี้ยค้าง", "More would be waived than is owed"


class FollowerNeeded(Conflict):
    """While a group's loan is open a committee member in office answers for the group: assign one first."""

    code = "follower_needed"
    title_th, title_en = "ต้องมอบหมายกรรมการรับผิดชอบกลุ่มก่อนจ่ายเงิน", "Nobody in office answers for the group"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_loans": LoanExists,
    "uq_loans_contract_no": ContractNumberUsed,
    "uq_loans_application_id": AlreadyContracted,
    "ck_loans_disbursed": OverContract,
    "pk_loan_disbursements": DisbursementExists,
    "uq_loan_disbursements_document_no": VoucherUsed,
}
