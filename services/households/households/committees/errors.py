"""Refusals about committees."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class CommitteeNotFound(NotFound):
    """No committee of this id in the caller's areas."""

    code = "committee_not_found"
    title_th, title_en = "ไม่พบคณะกรรมการ", "There is no such committee"


class MemberNotFound(NotFound):
    """The committee has no member of this id."""

    code = "committee_member_not_found"
    title_th, title_en = "ไม่พบกรรมการ", "There is no such member"


class CommitteeExists(Conflict):
    """The area has a standing committee, or the id is taken."""

    code = "committee_exists"
    title_th, title_en = "พื้นที่นี้มีคณะกรรมการอยู่แล้ว", "The area has a committee already"
    detail_th = "อ่านคณะกรรมการเดิมของพื้นที่ หรือใช้รหัสใหม่"
    detail_en = "Read the area's committee, or use another id"


class CommitteeDissolved(Conflict):
    """The committee stands no more."""

    code = "committee_dissolved"
    title_th, title_en = "คณะกรรมการชุดนี้พ้นวาระแล้ว", "The committee is dissolved"
    detail_th = "เลือกคณะกรรมการชุดปัจจุบันของพื้นที่"
    detail_en = "Choose the area's present committee"


class TermOverlaps(Conflict):
    """The person is on the committee already on some of these days."""

    code = "term_overlaps"
    title_th, title_en = "วาระซ้อนกับวาระเดิมของบุคคลเดียวกัน", "The terms of one person overlap"
    detail_th = "ปิดวาระเดิมก่อน หรือแก้วันเริ่มวาระใหม่"
    detail_en = "End the earlier term first, or begin the new one later"


class SeatTaken(Conflict):
    """Another member is chair or secretary on some of these days."""

    code = "seat_taken"
    title_th, title_en = "ตำแหน่งนี้มีผู้ดำรงอยู่แล้ว", "The seat is taken"
    detail_th = "ให้วาระของผู้ดำรงตำแหน่งเดิมสิ้นสุดก่อน"
    detail_en = "End the present holder's term first"


class WrongLevel(InvalidField):
    """The area code is not of the committee's level."""

    code = "wrong_level"
    title_th, title_en = "รหัสพื้นที่ไม่ตรงกับระดับของคณะกรรมการ", "The area is not of this level"
    detail_th = "คณะกรรมการอำเภอใช้รหัส 4 หลัก จังหวัดใช้ 2 หลัก"
    detail_en = "A district's committee has a code of 4 digits, a province's of 2"


class TermEndsBeforeStart(InvalidField):
    """The term's last day is before its first."""

    code = "term_ends_before_start"
    title_th, title_en = "วันสิ้นสุดวาระอยู่ก่อนวันเริ่ม", "The term ends before it starts"
    detail_th = "ตรวจวันเริ่มและวันสิ้นสุดวาระ"
    detail_en = "Check the term's first and last day"


class DissolvedBeforeAppointed(InvalidField):
    """The committee is dissolved before it was appointed."""

    code = "dissolved_before_appointed"
    title_th, title_en = "วันยุบอยู่ก่อนวันแต่งตั้ง", "Dissolved before it was appointed"
    detail_th = "ตรวจวันแต่งตั้งและวันยุบ"
    detail_en = "Check the days of appointment and dissolution"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_committees": CommitteeExists,
    "uq_committees_area_code_standing": CommitteeExists,
    "pk_committee_members": TermOverlaps,
    "uq_committee_members_committee_id": TermOverlaps,
    "ck_committee_members_term_to": TermEndsBeforeStart,
    "ck_committees_dissolved_on": DissolvedBeforeAppointed,
}
