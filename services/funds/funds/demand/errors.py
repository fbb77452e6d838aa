"""Refusals about demand."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class TaskNotFound(NotFound):
    """The loan has no task of this id."""

    code = "demand_task_not_found"
    title_th, title_en = "ไม่พบงานติดตามนี้", "There is no such task"


class TaskExists(Conflict):
    """The id is taken."""

    code = "demand_task_exists"
    title_th, title_en = "มีงานติดตามนี้แล้ว", "The task exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านงานเดิม"
    detail_en = "Use another id, or read the task that is there"


class TaskClosed(Conflict):
    """The task was done or cancelled before."""

    code = "demand_task_closed"
    title_th, title_en = "งานติดตามนี้ปิดแล้ว", "The task is closed"
    detail_th = "เปิดงานใหม่ถ้ายังต้องติดตาม"
    detail_en = "Open another task if something is left to do"


class TaskNeedsDecision(Conflict):
    """The task about a borrower's death ends with the decision who answers for the debt."""

    code = "demand_task_needs_decision"
    title_th, title_en = "งานนี้ปิดด้วยการตัดสินผู้รับผิดชอบหนี้", "It ends with the decision about the death"
    detail_th = "ตัดสินผู้รับผิดชอบหนี้ที่ death-decision แล้วงานจะปิดเอง"
    detail_en = "Decide at death-decision who answers; the task ends by it"


class EvidenceMissing(InvalidField):
    """A task is closed with evidence: a file, or the number of a document."""

    code = "evidence_missing"
    title_th, title_en = "ต้องมีหลักฐาน แนบไฟล์หรือระบุเลขที่เอกสาร", "Attach a file or name a document"
    detail_th = "แนบไฟล์หลักฐานของงาน หรือระบุ document_no"
    detail_en = "Attach a file to the task or give `document_no`"


class PromiseMissing(InvalidField):
    """A promise says when and how much."""

    code = "promise_missing"
    title_th, title_en = "ต้องระบุวันและจำนวนเงินที่จะชำระ", "A promise names its day and amount"
    detail_th = "ระบุ promised_on และ promised_amount"
    detail_en = "Give `promised_on` and `promised_amount`"


class PromiseInPast(InvalidField):
    """Who promises to pay promises a day to come."""

    code = "promise_in_past"
    title_th, title_en = "วันที่สัญญาว่าจะชำระผ่านไปแล้ว", "The promised day has passed"
    detail_th = "ระบุวันนัดชำระเป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give a promised day of today or later"


class TaskDueInPast(InvalidField):
    """A task is due today or later."""

    code = "task_due_in_past"
    title_th, title_en = "กำหนดของงานติดตามผ่านไปแล้ว", "The task would be due in the past"
    detail_th = "ระบุกำหนดเป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give a due day of today or later"


class LoanNotInDemand(Conflict):
    """Nothing is demanded on a loan that is closed or not paid out."""

    code = "loan_not_in_demand"
    title_th, title_en = "สัญญานี้ไม่มีหนี้ที่ต้องติดตาม", "Nothing is demanded on this loan"
    detail_th = "ติดตามได้เฉพาะสัญญาที่จ่ายเงินแล้วและยังไม่ปิด"
    detail_en = "Only a loan that is paid out and open is demanded"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_demand_tasks": TaskExists,
    "uq_demand_tasks_loan_id": TaskExists,
}
