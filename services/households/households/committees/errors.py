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


class CommitteeDissolved(Conflict):
    """The committee stands no more."""

    code = "committee_dissolved"
    title_th, title_en = "คณะกรรมการชุดนี้พ้นวาระแล้ว", "The committee is dissolved"


class TermOverlaps(Conflict):
    """The person is on the committee already on some of these days."""

    code = "term_overlaps"
    title_th, title_en = "วาระซ้อนกับวาระเดิมของบุคคลเดียวกัน", "The terms of one person overlap"


class SeatTaken(Conflict):
    """Another member is chair or secretary on some of these days."""

    code = "seat_taken"
    title_th, title_en = "ตำแหน่งนี้มีผู้ดำรงอยู่แล้ว", "The seat is taken"


class WrongLevel(InvalidField):
    """The area code is not of the committee's level."""

    code = "wrong_level"
    title_th, title_en = "รหัสพื้นที่ไม่ตรงกับระดับของคณะกรรมการ", "The area is not of this level"


class TermEndsBeforeStart(InvalidField):
    """The term's last day is before its first."""

    code = "term_ends_before_start"
    title_th, title_en = "วันสิ้นสุดวาระอยู่ก่อนวันเริ่ม", "The term ends before it starts"


class DissolvedBeforeAppointed(InvalidField):
    """The committee is dissolved before it was appointed."""

    code = "dissolved_before_appointed"
    title_th, title_en = "วันยุบอยู่ก่อนวันแต่งตั้ง", "Dissolved before it was appointed"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_committees": CommitteeExists,
    "uq_committees_area_code_standing": CommitteeExists,
    "pk_committee_members": TermOverlaps,
    "uq_committee_members_committee_id": TermOverlaps,
    "ck_committee_members_term_to": TermEndsBeforeStart,
    "ck_committees_dissolved_on": DissolvedBeforeAppointed,
}
