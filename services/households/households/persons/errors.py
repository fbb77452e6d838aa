"""Refusals about persons and their memberships."""

from shared.errors import Conflict, InvalidField, NotFound


class PersonNotFound(NotFound):
    """No such person, or not for this caller."""

    code = "person_not_found"
    title_th, title_en = "ไม่พบบุคคลนี้", "There is no such person"


class MembershipNotFound(NotFound):
    """The person is not a present member of this household."""

    code = "membership_not_found"
    title_th, title_en = "บุคคลนี้ไม่ได้เป็นสมาชิกครัวเรือน", "The person is not a member of this household"


class OverlappingMembership(Conflict):
    """The person belongs to a household on one of these days already."""

    code = "overlapping_membership"
    title_th, title_en = "บุคคลนี้เป็นสมาชิกครัวเรือนอื่นในช่วงเวลาเดียวกัน", "The person belongs to a household already"
    detail_th = "ย้ายบุคคลออกจากครัวเรือนเดิมก่อน"
    detail_en = "Move the person out of the other household first"


class DoubleHead(Conflict):
    """The household has a head already."""

    code = "double_head"
    title_th, title_en = "ครัวเรือนมีหัวหน้าครัวเรือนอยู่แล้ว", "The household has a head already"
    detail_th = "เปลี่ยนหัวหน้าครัวเรือนเดิมก่อน"
    detail_en = "Change the present head first"


class CitizenIdTaken(Conflict):
    """The citizen id belongs to a person of the registry already."""

    code = "citizen_id_taken"
    title_th, title_en = (
        "เลขประจำตัวประชาชนนี้มีอยู่ในทะเบียนแล้ว",
        "A person with this citizen id is registered already",
    )
    detail_th = "ค้นหาบุคคลเดิมแทนการเพิ่มใหม่"
    detail_en = "Look for the person instead of adding her anew"


class PersonExists(Conflict):
    """The id made by the client is taken."""

    code = "person_exists"
    title_th, title_en = "มีบุคคลรหัสนี้อยู่แล้ว", "A person with this id exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านบุคคลเดิม"
    detail_en = "Use another id, or read the person that is there"


class AlreadyDead(Conflict):
    """The person's death is recorded."""

    code = "already_dead"
    title_th, title_en = "บันทึกการเสียชีวิตไปแล้ว", "The death is recorded already"
    detail_th = "อ่านข้อมูลการเสียชีวิตที่บันทึกไว้"
    detail_en = "Read the death that is recorded"


class PersonDead(Conflict):
    """Nobody joins a household after death."""

    code = "person_dead"
    title_th, title_en = "บุคคลนี้เสียชีวิตแล้ว", "The person has died"
    detail_th = "ตรวจบุคคลและวันที่"
    detail_en = "Check the person and the day"


class BirthInFuture(InvalidField):
    """The birth date is not a day of the last 130 years."""

    code = "birth_in_future"
    title_th, title_en = "วันเกิดอยู่ในอนาคตหรือเก่าเกินไป", "The birth date is in the future or too long ago"
    detail_th = "ตรวจวันเกิด ปีเป็น ค.ศ."
    detail_en = "Check the birth date; years are of the Common Era"


class DeathBeforeBirth(InvalidField):
    """The death is before the birth."""

    code = "death_before_birth"
    title_th, title_en = "วันเสียชีวิตอยู่ก่อนวันเกิด", "The death is before the birth"
    detail_th = "ตรวจวันเกิดและวันเสียชีวิต"
    detail_en = "Check the days of birth and death"


class DateInFuture(InvalidField):
    """What is recorded has not happened yet."""

    code = "date_in_future"
    title_th, title_en = "วันที่อยู่ในอนาคต", "The date is in the future"
    detail_th = "ระบุวันนี้หรือวันก่อนหน้า"
    detail_en = "Give today or an earlier day"


class DateBeforeStart(InvalidField):
    """The date lies before the membership's begin, or before the person's birth."""

    code = "date_before_start"
    title_th, title_en = "วันที่อยู่ก่อนวันเริ่มต้น", "The date is before the beginning"
    detail_th = "ระบุวันตั้งแต่วันเริ่มต้นหรือวันเกิดเป็นต้นไป"
    detail_en = "Give a day from the beginning, or the birth, on"


class TwoCitizenIds(Conflict):
    """Two citizen ids are two persons."""

    code = "two_citizen_ids"
    title_th, title_en = (
        "เลขประจำตัวประชาชนต่างกัน ไม่ใช่บุคคลเดียวกัน",
        "Different citizen ids are different persons",
    )
    detail_th = "แก้เลขประจำตัวที่ผิดก่อน ถ้าเป็นบุคคลเดียวกัน"
    detail_en = "Correct the wrong citizen id first if it is one person"


class ChangedSinceMerge(Conflict):
    """What was merged has changed since: undoing would lose that."""

    code = "changed_since_merge"
    title_th, title_en = "ข้อมูลถูกแก้ไขหลังการรวม จึงยกเลิกไม่ได้", "It was changed since the merge"
    detail_th = "แก้ไขข้อมูลด้วยมือแทนการยกเลิกการรวม"
    detail_en = "Correct it by hand instead of undoing the merge"


CONSTRAINTS = {
    "pk_persons": PersonExists,
    "uq_persons_citizen_id_index": CitizenIdTaken,
    "uq_memberships_person_id_present": OverlappingMembership,
    "uq_memberships_household_id_head": DoubleHead,
}
"""What a broken constraint of the tables means to the caller."""
