"""Refusals about meetings."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class MeetingNotFound(NotFound):
    """No meeting of this id in the caller's areas."""

    code = "meeting_not_found"
    title_th, title_en = "ไม่พบการประชุม", "There is no such meeting"


class UnknownCommittee(InvalidField):
    """No committee of this id in the caller's areas."""

    code = "unknown_committee"
    title_th, title_en = "ไม่รู้จักคณะกรรมการนี้", "The committee is not known"
    detail_th = "เลือกคณะกรรมการในพื้นที่ของท่าน"
    detail_en = "Choose a committee of your areas"


class MeetingExists(Conflict):
    """The id is taken."""

    code = "meeting_exists"
    title_th, title_en = "มีการประชุมรหัสนี้แล้ว", "The meeting exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านการประชุมเดิม"
    detail_en = "Use another id, or read the meeting that is there"


class MinutesNumberTaken(Conflict):
    """Another meeting of the committee has this minutes number."""

    code = "minutes_number_taken"
    title_th, title_en = "เลขที่รายงานการประชุมนี้ใช้แล้ว", "The minutes number is taken"
    detail_th = "ใช้เลขที่รายงานการประชุมอื่น"
    detail_en = "Use another number for the minutes"


class MeetingInFuture(InvalidField):
    """The meeting's day has not come."""

    code = "meeting_in_future"
    title_th, title_en = "วันประชุมยังมาไม่ถึง", "The meeting is in the future"
    detail_th = "เปิดการประชุมในวันประชุมหรือหลังจากนั้น"
    detail_en = "Give today or an earlier day"


class NotInOffice(InvalidField):
    """Somebody named as present was not a member in office on the day."""

    code = "member_not_in_office"
    title_th, title_en = "ผู้เข้าประชุมไม่ได้เป็นกรรมการในวันนั้น", "Not a member in office on that day"
    detail_th = "ระบุกรรมการที่อยู่ในวาระในวันประชุม"
    detail_en = "Name members in office on that day"


class NotPresent(InvalidField):
    """A conflict is declared for somebody who was not present."""

    code = "member_not_present"
    title_th, title_en = "ผู้แจ้งส่วนได้เสียไม่ได้เข้าประชุม", "The member was not present"
    detail_th = "ระบุกรรมการที่เข้าประชุม"
    detail_en = "Name a member who was present"


class UnknownCase(InvalidField):
    """A conflict is declared about a case that does not exist."""

    code = "unknown_case"
    title_th, title_en = "ไม่รู้จักรหัสครัวเรือนเป้าหมายนี้", "The case is not known"
    detail_th = "ตรวจรหัสครัวเรือนเป้าหมาย"
    detail_en = "Check the case's id"


class MeetingNotDraft(Conflict):
    """Only a draft can be changed or opened."""

    code = "meeting_not_draft"
    title_th, title_en = "การประชุมนี้แก้ไขไม่ได้แล้ว", "The meeting is no draft any more"
    detail_th = "อ่านสถานะการประชุมก่อน"
    detail_en = "Read where the meeting stands first"


class MeetingNotHeld(Conflict):
    """Only a meeting that is being held resolves, declares conflicts and is closed."""

    code = "meeting_not_held"
    title_th, title_en = "การประชุมยังไม่เปิดหรือปิดแล้ว", "The meeting is not being held"
    detail_th = "เปิดการประชุมก่อนลงมติ"
    detail_en = "Open the meeting before it resolves"


class CommitteeNotInOffice(Conflict):
    """No member of the committee was in office on the day."""

    code = "committee_not_in_office"
    title_th, title_en = "ไม่มีกรรมการในวาระในวันประชุม", "Nobody was in office on that day"
    detail_th = "ตรวจวันประชุมและวาระของกรรมการ"
    detail_en = "Check the day and the members' terms"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_meetings": MeetingExists,
    "uq_meetings_committee_id": MinutesNumberTaken,
    "fk_meeting_conflicts_case_id": UnknownCase,
}
