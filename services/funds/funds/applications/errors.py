"""Refusals about applications."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ApplicationNotFound(NotFound):
    """No application of this id in the caller's areas."""

    code = "application_not_found"
    title_th, title_en = "ไม่พบคำขอนี้", "There is no such application"


class ApplicationExists(Conflict):
    """The id is taken."""

    code = "application_exists"
    title_th, title_en = "มีคำขอรหัสนี้แล้ว", "The application exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านคำขอเดิม"
    detail_en = "Use another id, or read the application that is there"


class ApplicationNumberTaken(Conflict):
    """Another application of the fund has this number."""

    code = "application_number_taken"
    title_th, title_en = "เลขที่คำขอนี้ใช้แล้ว", "The application number is taken"
    detail_th = "ใช้เลขที่อื่น หรือไม่ระบุเพื่อให้ระบบออกเลขให้"
    detail_en = "Use another number, or none to be given the next one"


class WrongApplicationState(Conflict):
    """The application does not stand where this can be done."""

    code = "wrong_application_state"
    title_th, title_en = "สถานะคำขอไม่อนุญาต", "The application's state does not allow it"
    detail_th = "อ่านสถานะและขั้นตอนปัจจุบันของคำขอก่อน"
    detail_en = "Read where the application stands first"


class ApplicationNotApproved(Conflict):
    """Only an approved application is contracted or paid; perhaps it lapsed or was taken up already."""

    code = "application_not_approved"
    title_th, title_en = "คำขอยังไม่ได้รับอนุมัติ หรือใช้ไปแล้ว", "The application is not approved, or taken up already"
    detail_th = "ตรวจว่าคำขอได้รับอนุมัติ ยังไม่หมดอายุ และยังไม่ได้ทำสัญญาหรือจ่าย"
    detail_en = "See that it is approved, has not lapsed and is neither contracted nor paid"


class WrongCategory(Conflict):
    """A loan is made of an application for a loan, a grant of one for a grant."""

    code = "wrong_category"
    title_th, title_en = "คำขอไม่ใช่ประเภทเงินนี้", "The application is for another kind of money"
    detail_th = "คำขอกู้ทำสัญญาเงินกู้ คำขอเงินอุดหนุนจ่ายเป็นเงินอุดหนุน"
    detail_en = "Contract an application for a loan, pay one for a grant"


class ProductNotOffered(InvalidField):
    """The product is not this kind of fund's, is no loan or grant, or is not given any more."""

    code = "product_not_offered"
    title_th, title_en = "กองทุนนี้ไม่มีประเภทเงินนี้", "The fund does not give this product"
    detail_th = "เลือกประเภทเงินที่กองทุนประเภทนี้ให้อยู่ในปัจจุบัน จาก /v1/fund-products"
    detail_en = "Choose a product that such funds give now from /v1/fund-products"


class UnknownBorrower(InvalidField):
    """No present member, standing group or known household of the fund's area has this id."""

    code = "no_such_borrower"
    title_th, title_en = "ไม่พบผู้กู้ในกองทุนนี้", "The fund has no such borrower"
    detail_th = "เลือกสมาชิก กลุ่ม หรือครัวเรือนที่อยู่ในพื้นที่ของกองทุน"
    detail_en = "Choose a present member, group or household of the fund's area"


class WrongBorrowerKind(InvalidField):
    """The product is for borrowers of another kind."""

    code = "wrong_borrower_kind"
    title_th, title_en = "ประเภทเงินนี้ไม่ให้ผู้กู้ประเภทนี้", "The product is for another kind of borrower"
    detail_th = "ดูผู้กู้ที่ประเภทเงินนี้ให้ได้ในเงื่อนไขของประเภทเงิน"
    detail_en = "See the product's terms for who may borrow"


class UnknownPurpose(InvalidField):
    """The purpose is not on the list."""

    code = "unknown_purpose"
    title_th, title_en = "ไม่มีวัตถุประสงค์ตามรหัสนี้", "There is no such purpose"
    detail_th = "เลือกจากรายการ LOAN_PURPOSES"
    detail_en = "Choose from the list LOAN_PURPOSES"


class PurposeRefused(InvalidField):
    """The product's rules forbid this purpose."""

    code = "purpose_refused"
    title_th, title_en = "ระเบียบห้ามให้กู้เพื่อวัตถุประสงค์นี้", "The rules refuse this purpose"
    detail_th = "เลือกวัตถุประสงค์ที่ระเบียบอนุญาต เช่น ประกอบอาชีพ"
    detail_en = "Choose a purpose that the rules allow, such as earning a living"


class OverCeiling(InvalidField):
    """More than the product gives to one project."""

    code = "over_ceiling"
    title_th, title_en = "เกินวงเงินสูงสุดต่อโครงการ", "Above the most that one project gets"
    detail_th = "ลดวงเงินให้ไม่เกินที่ประเภทเงินหรือกองทุนกำหนด"
    detail_en = "Ask for no more than the product or the fund allows"


class OverTerm(InvalidField):
    """Longer, or in more instalments, than the product allows."""

    code = "over_term"
    title_th, title_en = "เกินระยะเวลาหรือจำนวนงวดสูงสุด", "Longer or in more instalments than allowed"
    detail_th = "ลดจำนวนเดือนหรือจำนวนงวดให้ไม่เกินที่กำหนด"
    detail_en = "Ask for fewer months or instalments"


class RateOutsideProduct(InvalidField):
    """Another rate than the product and the fund's rules ask."""

    code = "rate_outside_product"
    title_th, title_en = "อัตราดอกเบี้ยไม่อยู่ในเงื่อนไขของประเภทเงิน", "The rate is outside the product's limits"
    detail_th = "ไม่ต้องระบุอัตรา หรือระบุอัตราในเงื่อนไขของประเภทเงิน"
    detail_en = "Leave the rate out, or give one inside the product's terms"


class BudgetDoesNotSum(InvalidField):
    """The budget's lines are not the amount."""

    code = "budget_does_not_sum"
    title_th, title_en = "รวมงบประมาณไม่เท่ากับวงเงินที่ขอ", "The budget does not sum to the amount"
    detail_th = "แก้รายการงบประมาณให้รวมเท่ากับวงเงินที่ขอ"
    detail_en = "Make the budget's lines sum to the amount"


class SharesDoNotSum(InvalidField):
    """The members' shares are not the amount."""

    code = "shares_not_the_amount"
    title_th, title_en = "รวมส่วนแบ่งของสมาชิกไม่เท่ากับวงเงินที่ขอ", "The shares do not sum to the amount"
    detail_th = "แก้ส่วนแบ่งให้รวมเท่ากับวงเงินที่ขอ"
    detail_en = "Make the shares sum to the amount"


class ShareNotOfGroup(InvalidField):
    """A share names somebody outside the group, somebody twice, or the borrower is no group."""

    code = "share_not_of_group"
    title_th, title_en = "ส่วนแบ่งต้องเป็นของสมาชิกในกลุ่ม คนละหนึ่งส่วน", "A share is of a member of the group, once"
    detail_th = "ระบุสมาชิกของกลุ่มผู้กู้ คนละหนึ่งส่วน"
    detail_en = "Name members of the borrowing group, each once"


class GuarantorNotValid(InvalidField):
    """A guarantor is the borrower herself, named twice, or no member of the fund now."""

    code = "guarantor_not_valid"
    title_th, title_en = "ผู้ค้ำประกันใช้ไม่ได้", "The guarantor is not valid"
    detail_th = "ระบุสมาชิกปัจจุบันของกองทุนที่ไม่ใช่ผู้กู้ คนละหนึ่งครั้ง"
    detail_en = "Name present members who do not borrow themselves, each once"


class GroupTooSmall(Conflict):
    """The group has fewer members than the product wants."""

    code = "group_too_small"
    title_th, title_en = "สมาชิกกลุ่มน้อยกว่าที่กำหนด", "The group is too small"
    detail_th = "เพิ่มสมาชิกในกลุ่มให้ครบตามที่กำหนดก่อน"
    detail_en = "Let more members join the group first"


class BorrowerNotTarget(Conflict):
    """The household is not on the target register now; the poverty fund lends to those on it only."""

    code = "borrower_not_target"
    title_th, title_en = "ไม่ใช่ครัวเรือนเป้าหมายในทะเบียน", "The household is not on the target register"
    detail_th = "ให้ ศจพ.อ. รับรองครัวเรือนก่อน แล้วยื่นใหม่"
    detail_en = "Hand it in again once the district's committee has certified the household"


class BorrowerLeft(Conflict):
    """Who borrows, has a share or guarantees is no present member any more, or lives elsewhere by now."""

    code = "borrower_left"
    title_th, title_en = (
        "ผู้กู้ สมาชิกกลุ่ม หรือผู้ค้ำประกันพ้นสมาชิกภาพหรือย้ายออกแล้ว",
        "Who borrows, shares or guarantees has left",
    )
    detail_th = "แก้คำขอให้เหลือผู้ที่ยังเป็นสมาชิกและอยู่ในพื้นที่"
    detail_en = "Change the application to those who are members and live there now"


class BorrowerHasOpenLoan(Conflict):
    """The borrower has an open loan of this product, or another application for it stands."""

    code = "borrower_has_open_loan"
    title_th, title_en = (
        "ผู้กู้มีสัญญาหรือคำขอเดิมค้างอยู่",
        "The borrower has an open loan or application of this product",
    )
    detail_th = "ปิดสัญญาหรือคำขอเดิมของประเภทเงินนี้ก่อน"
    detail_en = "Finish the open loan or application of this product first"


class ChecklistIncomplete(Conflict):
    """Items of the checklist before lending (ป้องกัน) are not done, or the risk was not scored."""

    code = "checklist_incomplete"
    title_th, title_en = "รายการป้องกันก่อนกู้ยังไม่ครบ", "The checklist is not complete"
    detail_th = "บันทึกรายการตรวจและคะแนนความเสี่ยงให้ครบก่อน"
    detail_en = "Record every item of the checklist and the risk score first"


class MinutesMissing(Conflict):
    """Of this product the fund's own steps decide at a meeting, and an approval rests on its minutes."""

    code = "minutes_missing"
    title_th, title_en = "ต้องมีรายงานการประชุม", "Minutes of a meeting are needed"
    detail_th = "ส่งเลขที่และวันที่ของรายงานการประชุม"
    detail_en = "Give the number and day of the meeting's minutes"


class MinutesInFuture(InvalidField):
    """The minutes are dated after the decision."""

    code = "minutes_in_future"
    title_th, title_en = "รายงานการประชุมลงวันที่หลังวันลงมติ", "The minutes are dated after the decision"
    detail_th = "ระบุวันที่ของรายงานการประชุมไม่หลังวันลงมติ"
    detail_en = "Give minutes of the day of the decision or earlier"


class MeetingNotOfFund(InvalidField):
    """The fund has no such meeting."""

    code = "meeting_not_of_fund"
    title_th, title_en = "ไม่พบการประชุมนี้ของกองทุน", "The fund has no such meeting"
    detail_th = "เลือกจากการประชุมที่กองทุนบันทึกไว้"
    detail_en = "Choose a meeting that the fund has recorded"


class MeetingWithoutQuorum(Conflict):
    """Half of the committee or fewer were present."""

    code = "meeting_without_quorum"
    title_th, title_en = "การประชุมไม่ครบองค์ประชุม", "The meeting had no quorum"
    detail_th = "ต้องมีกรรมการเข้าประชุมเกินกึ่งหนึ่ง ให้ประชุมใหม่"
    detail_en = "More than half of the committee must be present: meet again"


class OwnApplication(Forbidden):
    """Nobody decides on what she wrote, or what she, her group or her household asks for or guarantees."""

    code = "own_application"
    title_th, title_en = "ลงมติคำขอของตนเองไม่ได้", "Nobody decides on her own application"
    detail_th = "ให้ผู้ที่ไม่ได้เขียนคำขอและไม่มีส่วนได้เสียลงมติ"
    detail_en = "Let somebody decide who neither wrote it nor has a stake in it"


class SamePersonTwice(Forbidden):
    """Nobody decides two steps of one application."""

    code = "same_person_twice"
    title_th, title_en = "ผู้ลงมติคนเดียวกันลงมติสองขั้นไม่ได้", "One person does not decide twice"
    detail_th = "ให้ผู้อื่นลงมติขั้นนี้"
    detail_en = "Let another person decide this step"


class LevelNotYours(Forbidden):
    """The step is decided by a body of another level; nobody steps in for a lower one either."""

    code = "level_not_yours"
    title_th, title_en = "ขั้นตอนนี้เป็นของระดับอื่น", "The step is decided at another level"
    detail_th = "ขั้นนี้ต้องลงมติโดยคณะของระดับนั้นเอง ดู step ของคำขอ"
    detail_en = "The body of that very level decides; see the application's step"


class WrongDecision(InvalidField):
    """A recommending step recommends, an approving one approves; both may return or reject, with a reason."""

    code = "wrong_decision"
    title_th, title_en = "มตินี้ใช้กับขั้นตอนนี้ไม่ได้", "The step does not decide so"
    detail_th = "ขั้นเสนอความเห็นใช้ recommend ขั้นอนุมัติใช้ approve หรือ return และ reject พร้อมเหตุผล"
    detail_en = (
        "A recommending step recommends, an approving one approves; both return or reject with a reason"
    )


class AmountRaised(InvalidField):
    """A step gives what was asked for or less, never more than the steps before it."""

    code = "amount_raised"
    title_th, title_en = "วงเงินเกินที่ขอหรือเกินมติขั้นก่อน", "More than was asked for, or than the step before gave"
    detail_th = "ระบุวงเงินไม่เกินที่ขอและไม่เกินมติขั้นก่อน"
    detail_en = "Give no more than was asked for and than the step before gave"


class DecisionExists(Conflict):
    """The id is taken."""

    code = "application_decision_exists"
    title_th, title_en = "มีมติรหัสนี้แล้ว", "The decision exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านมติเดิม"
    detail_en = "Use another id, or read the decision that is there"


class WrongStep(Conflict):
    """The application stands before another step: somebody decided meanwhile."""

    code = "wrong_step"
    title_th, title_en = "คำขออยู่ในขั้นตอนอื่นแล้ว", "The application is at another step"
    detail_th = "อ่านคำขอใหม่ แล้วลงมติขั้นที่คำขออยู่"
    detail_en = "Read the application again and decide the step where it stands"


class DecidedOutOfOrder(InvalidField):
    """The day is before the submission, before the last decision, or after today."""

    code = "decided_out_of_order"
    title_th, title_en = "วันลงมติไม่เป็นไปตามลำดับ", "The day of the decision is out of order"
    detail_th = "ระบุวันลงมติไม่ก่อนวันยื่นและมติก่อนหน้า และไม่หลังวันนี้"
    detail_en = "Give a day from the submission and last decision until today"


class SubmittedTooEarly(InvalidField):
    """The day is before the one on the paper, or before the decision that returned it."""

    code = "submitted_too_early"
    title_th, title_en = "วันยื่นอยู่ก่อนวันที่ในคำขอหรือวันส่งคืน", "Submitted before its own day or its return"
    detail_th = "ระบุวันยื่นตั้งแต่วันที่ในคำขอหรือวันส่งคืนเป็นต้นไป"
    detail_en = "Give the day of the paper, or of its return, or a later one"


class ApprovalTooLong(InvalidField):
    """An approval is valid from today on for a year at most."""

    code = "approval_too_long"
    title_th, title_en = "วันสิ้นผลอนุมัติใช้ไม่ได้", "The approval's last day is not valid"
    detail_th = "ระบุวันตั้งแต่วันนี้และไม่เกินหนึ่งปี"
    detail_en = "Give a day from today on, within a year"


class UnknownCheckItem(InvalidField):
    """The checklist has no such item."""

    code = "unknown_check_item"
    title_th, title_en = "ไม่มีรายการตรวจนี้", "The checklist has no such item"
    detail_th = "ใช้รหัส P.1 ถึง P.6 ตามรายการป้องกัน"
    detail_en = "Use the codes of the checklist, P.1 to P.6"


class CheckNotFound(NotFound):
    """The item is not recorded yet."""

    code = "check_not_found"
    title_th, title_en = "ยังไม่ได้บันทึกรายการตรวจนี้", "The item is not recorded yet"


class RiskAnswerNotValid(InvalidField):
    """An answer that the risk instrument does not allow, or an item without one."""

    code = "risk_answer_not_valid"
    title_th, title_en = "คำตอบแบบประเมินความเสี่ยงไม่ถูกต้อง", "An answer of the risk score is not valid"
    detail_th = "ตอบทุกข้อด้วยคะแนนที่แบบประเมินกำหนด"
    detail_en = "Answer every item with a score that the instrument has"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_applications": ApplicationExists,
    "uq_applications_fund_id": ApplicationNumberTaken,
    "pk_application_decisions": DecisionExists,
    "uq_application_decisions_subject": SamePersonTwice,
    "uq_application_guarantors_application_id": GuarantorNotValid,
}
