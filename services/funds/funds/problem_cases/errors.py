"""Refusals about problem cases and their surveys."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ProblemCaseNotFound(NotFound):
    """No case of this id in the caller's areas."""

    code = "problem_case_not_found"
    title_th, title_en = "ไม่พบกองทุนที่มีปัญหารายการนี้", "There is no such problem case"


class ProblemCaseExists(Conflict):
    """The id is taken."""

    code = "problem_case_exists"
    title_th, title_en = "มีรายการนี้แล้ว", "The problem case exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the case that is there"


class FundUnderTreatment(Conflict):
    """A fund has one open case."""

    code = "fund_under_treatment"
    title_th, title_en = "กองทุนนี้อยู่ระหว่างแก้ไขปัญหาแล้ว", "The fund has an open problem case"
    detail_th = "อ่านรายการที่เปิดอยู่ของกองทุนนี้"
    detail_en = "Read the fund's open case"


class WrongCaseStep(Conflict):
    """The case does not stand where this can be done."""

    code = "wrong_case_step"
    title_th, title_en = "ยังทำขั้นตอนนี้ไม่ได้", "The case is not at this step"
    detail_th = "อ่านสถานะปัจจุบัน (state) แล้วทำขั้นก่อนหน้าให้เสร็จ"
    detail_en = "Read its `state` and finish the step before"


class WrongRound(Conflict):
    """Another round is surveyed now, or none; the member `round` says which."""

    code = "wrong_round"
    title_th, title_en = "ไม่ใช่รอบสำรวจปัจจุบัน", "This round is not being surveyed"
    detail_th = "ดูรอบที่กำลังสำรวจใน round"
    detail_en = "The member `round` says which one is surveyed"


class DebtorsMissing(Conflict):
    """Every loan with anything overdue is surveyed before a round is complete."""

    code = "debtors_missing"
    title_th, title_en = "ยังสำรวจลูกหนี้ค้างชำระไม่ครบ", "Debtors with overdue loans are not surveyed yet"
    detail_th = "บันทึกผลสำรวจลูกหนี้ที่ค้างชำระให้ครบก่อนปิดรอบ"
    detail_en = "Record an answer for every late loan first"


class StillOverdue(Conflict):
    """Something was overdue in the last round, or is today: the case is not solved."""

    code = "still_overdue"
    title_th, title_en = "ยังมีหนี้เกินกำหนดคงเหลือ", "There are still overdue debts"
    detail_th = "ติดตามให้ไม่มียอดเกินกำหนดก่อนประกาศว่าแก้ไขแล้ว"
    detail_en = "See that nothing is overdue before it is solved"


class OwnProblemCase(Forbidden):
    """Who opened the case or completed its last survey does not say that it is solved."""

    code = "own_problem_case"
    title_th, title_en = "ผู้เปิดรายการหรือผู้สำรวจประกาศผลเองไม่ได้", "Who surveyed it may not decide it"
    detail_th = "ให้ผู้ที่ไม่ได้เปิดรายการและไม่ได้ปิดการสำรวจเป็นผู้ประกาศ"
    detail_en = "Let somebody decide who neither opened nor surveyed it"


class UnknownDebtor(InvalidField):
    """The fund has no such loan with anything owed."""

    code = "unknown_debtor"
    title_th, title_en = "ไม่ใช่ลูกหนี้ของกองทุนนี้", "No such loan of this fund"
    detail_th = "เลือกสัญญาที่มียอดค้างของกองทุนนี้"
    detail_en = "Choose loans of this fund with something owed"


class DebtorTwice(InvalidField):
    """A loan stands twice in the list."""

    code = "debtor_twice"
    title_th, title_en = "ลูกหนี้ซ้ำในรายการ", "A loan stands twice in the list"
    detail_th = "ระบุสัญญาหนึ่งครั้งเดียว"
    detail_en = "Name each loan once"


class AmountNotFitting(InvalidField):
    """Who was spoken to names what she owes; of who was not, no amount is known."""

    code = "amount_not_fitting"
    title_th, title_en = "จำนวนเงินไม่สอดคล้องกับผลสำรวจ", "The amount does not fit the answer"
    detail_th = "รับสภาพหนี้ต้องระบุจำนวนเงิน ผู้ที่ไม่พบไม่ต้องระบุ"
    detail_en = "Who was spoken to names an amount; who was not, none"


class PromiseIncomplete(InvalidField):
    """A promise has an amount and a day, and somebody who gave it."""

    code = "promise_incomplete"
    title_th, title_en = "ข้อตกลงชำระต้องมีจำนวนเงินและวันที่", "A promise has an amount and a day"
    detail_th = "ระบุทั้งจำนวนเงินและวันที่ หรือไม่ระบุทั้งสอง"
    detail_en = "Give both an amount and a day, or neither"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_problem_cases": ProblemCaseExists,
    "uq_problem_cases_fund_id_open": FundUnderTreatment,
}
