"""Refusals about committees of funds and their meetings."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class FundMemberOfCommitteeNotFound(NotFound):
    """The fund's committee has no such term."""

    code = "fund_committee_member_not_found"
    title_th, title_en = "ไม่พบกรรมการกองทุนคนนี้", "The fund has no such committee member"


class FundTermOverlaps(Conflict):
    """The person is on the committee already on some of these days."""

    code = "fund_term_overlaps"
    title_th, title_en = "วาระซ้อนกับวาระเดิมของบุคคลเดียวกัน", "The terms of one person overlap"
    detail_th = "ปิดวาระเดิมก่อน หรือแก้วันเริ่มวาระใหม่"
    detail_en = "End the earlier term first, or begin the new one later"


class FundTermAnswers(Conflict):
    """She answers for a group whose loan is open: the next one is assigned before her term ends."""

    code = "fund_term_answers"
    title_th, title_en = "ยังรับผิดชอบกลุ่มที่มีเงินกู้ ต้องมอบหมายคนใหม่ก่อน", "She answers for a group that owes"
    detail_th = "มอบหมายกรรมการคนใหม่ที่ follow-assignments ก่อน"
    detail_en = "Assign the next one at follow-assignments first"


class FundSeatTaken(Conflict):
    """Another is chair, secretary or treasurer on some of these days."""

    code = "fund_seat_taken"
    title_th, title_en = "ตำแหน่งนี้มีผู้ดำรงอยู่แล้ว", "The seat is taken"
    detail_th = "ให้วาระของผู้ดำรงตำแหน่งเดิมสิ้นสุดก่อน"
    detail_en = "End the present holder's term first"


class OwnFundTerm(Forbidden):
    """Nobody appoints herself or changes her own term: it tells who she is and what she may decide."""

    code = "own_fund_term"
    title_th, title_en = "แต่งตั้งหรือแก้ไขวาระของตนเองไม่ได้", "Nobody appoints herself or changes her own term"
    detail_th = "ให้ผู้อื่นบันทึกวาระของท่าน"
    detail_en = "Let somebody else record your term"


class FundTermEndsBeforeStart(InvalidField):
    """The term's last day is before its first."""

    code = "fund_term_ends_before_start"
    title_th, title_en = "วันสิ้นสุดวาระอยู่ก่อนวันเริ่ม", "The term ends before it starts"
    detail_th = "ตรวจวันเริ่มและวันสิ้นสุดวาระ"
    detail_en = "Check the term's first and last day"


class EndReasonMissing(InvalidField):
    """A term that ends has a reason, and one that runs on has none."""

    code = "end_reason_missing"
    title_th, title_en = "การพ้นตำแหน่งต้องระบุเหตุ", "A term that ends needs a reason"
    detail_th = "ระบุ end_reason พร้อม term_to หรือไม่ระบุทั้งสอง"
    detail_en = "Give `end_reason` with `term_to`, or neither"


class FundMeetingNotFound(NotFound):
    """The fund has no such meeting."""

    code = "fund_meeting_not_found"
    title_th, title_en = "ไม่พบการประชุมนี้", "There is no such meeting"


class FundMeetingExists(Conflict):
    """The id is taken."""

    code = "fund_meeting_exists"
    title_th, title_en = "มีการประชุมรหัสนี้แล้ว", "The meeting exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านการประชุมเดิม"
    detail_en = "Use another id, or read the meeting that is there"


class FundMinutesTaken(Conflict):
    """Another meeting of the fund has this minutes number."""

    code = "fund_minutes_taken"
    title_th, title_en = "เลขที่รายงานการประชุมนี้ใช้แล้ว", "The minutes number is taken"
    detail_th = "ใช้เลขที่รายงานการประชุมอื่น"
    detail_en = "Use another number for the minutes"


class FundMeetingInFuture(InvalidField):
    """The meeting's day has not come."""

    code = "fund_meeting_in_future"
    title_th, title_en = "วันประชุมยังมาไม่ถึง", "The meeting is in the future"
    detail_th = "บันทึกการประชุมเมื่อจัดแล้ว"
    detail_en = "Record a meeting once it was held"


class FundMeetingReliedOn(Conflict):
    """A decision rests on the meeting: what its minutes say, who was there and the signed file stay."""

    code = "fund_meeting_relied_on"
    title_th, title_en = "มีมติที่อ้างการประชุมนี้แล้ว แก้ไขไม่ได้", "A decision rests on this meeting: it stays"
    detail_th = "บันทึกการประชุมครั้งใหม่ที่รับรองรายงานที่ถูกต้อง สถานที่ยังแก้ได้"
    detail_en = "Record another meeting that adopts the right minutes; its place may still be corrected"


class MorePresentThanTotal(InvalidField):
    """More were present than belong."""

    code = "more_present_than_total"
    title_th, title_en = "ผู้เข้าประชุมมากกว่าจำนวนทั้งหมด", "More were present than belong"
    detail_th = "ตรวจจำนวนผู้เข้าประชุมและจำนวนทั้งหมด"
    detail_en = "Check how many were present and how many belong"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_committee_members": FundTermOverlaps,
    "uq_fund_committee_members_fund_id": FundTermOverlaps,
    "ck_fund_committee_members_term_to": FundTermEndsBeforeStart,
    "pk_fund_meetings": FundMeetingExists,
    "uq_fund_meetings_fund_id": FundMinutesTaken,
    "ck_fund_meetings_present": MorePresentThanTotal,
}
