"""Refusals about following borrowers."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class AssignmentNotFound(NotFound):
    """The fund has no assignment of this id."""

    code = "assignment_not_found"
    title_th, title_en = "ไม่พบการมอบหมายนี้", "There is no such assignment"


class AssignmentExists(Conflict):
    """The id is taken, or somebody was assigned at the same moment."""

    code = "assignment_exists"
    title_th, title_en = "มีกรรมการรับผิดชอบผู้กู้รายนี้แล้ว", "Somebody answers for the borrower already"
    detail_th = "อ่านการมอบหมายปัจจุบันของผู้กู้ก่อน"
    detail_en = "Read the borrower's present assignment first"


class AssignmentEnded(Conflict):
    """The assignment ended before."""

    code = "assignment_ended"
    title_th, title_en = "การมอบหมายนี้สิ้นสุดแล้ว", "The assignment has ended"
    detail_th = "มอบหมายใหม่ถ้าจำเป็น"
    detail_en = "Assign somebody anew if it is needed"


class AnswerableNeeded(Conflict):
    """While a loan is open somebody answers for its borrower: assign the next one instead."""

    code = "answerable_needed"
    title_th, title_en = "ยังมีสัญญาที่เปิดอยู่ ต้องมีกรรมการรับผิดชอบ", "A loan is open: somebody must answer"
    detail_th = "มอบหมายคนถัดไปแทน การมอบหมายเดิมจะสิ้นสุดเอง"
    detail_en = "Assign the next one instead; this assignment ends by it"


class NotInOffice(InvalidField):
    """Only a present member of the fund's committee answers for a borrower."""

    code = "not_in_office"
    title_th, title_en = "ไม่ใช่กรรมการที่ดำรงตำแหน่งอยู่", "She is not in office on the fund's committee"
    detail_th = "เลือกกรรมการที่ยังดำรงตำแหน่ง"
    detail_en = "Choose a committee member in office"


class UnknownBorrower(InvalidField):
    """No such member, group or household borrows here."""

    code = "borrower_not_of_fund"
    title_th, title_en = "ไม่พบผู้กู้นี้ในกองทุน", "The fund has no such borrower"
    detail_th = "เลือกผู้กู้ของกองทุนนี้"
    detail_en = "Choose a borrower of this fund"


class LoanOfAnother(InvalidField):
    """The loan is not this borrower's."""

    code = "loan_of_another"
    title_th, title_en = "สัญญานี้ไม่ใช่ของผู้กู้รายนี้", "The loan is another borrower's"
    detail_th = "เลือกสัญญาของผู้กู้รายนี้"
    detail_en = "Choose a loan of this borrower"


class NextVisitTooEarly(InvalidField):
    """The next visit comes after this one."""

    code = "next_visit_too_early"
    title_th, title_en = "วันเยี่ยมครั้งถัดไปต้องอยู่หลังวันเยี่ยมครั้งนี้", "The next visit comes after this one"
    detail_th = "ระบุวันเยี่ยมครั้งถัดไปหลังวันเยี่ยมครั้งนี้"
    detail_en = "Give a later day for the next visit"


class VisitNotFound(NotFound):
    """The fund has no visit of this id."""

    code = "visit_not_found"
    title_th, title_en = "ไม่พบการเยี่ยมติดตามนี้", "There is no such visit"


class VisitExists(Conflict):
    """The id is taken."""

    code = "visit_exists"
    title_th, title_en = "มีการเยี่ยมติดตามรหัสนี้แล้ว", "The visit exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านการเยี่ยมเดิม"
    detail_en = "Use another id, or read the visit that is there"


class ForumExists(Conflict):
    """The id is taken."""

    code = "forum_exists"
    title_th, title_en = "มีเวทีรหัสนี้แล้ว", "The forum exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านเวทีเดิม"
    detail_en = "Use another id, or read the forum that is there"


class MoreBorrowersThanPeople(InvalidField):
    """Borrowers are among the participants."""

    code = "more_borrowers_than_people"
    title_th, title_en = "จำนวนผู้กู้มากกว่าผู้เข้าร่วมทั้งหมด", "More borrowers than participants"
    detail_th = "ตรวจจำนวนผู้กู้และจำนวนผู้เข้าร่วม"
    detail_en = "Check the numbers of borrowers and of participants"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_follow_assignments": AssignmentExists,
    "uq_follow_assignments_borrower_id": AssignmentExists,
    "pk_follow_visits": VisitExists,
    "pk_follow_forums": ForumExists,
    "ck_follow_forums_participants": MoreBorrowersThanPeople,
}
