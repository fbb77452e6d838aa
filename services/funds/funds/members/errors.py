"""Refusals about members of funds and their groups."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class FundMemberNotFound(NotFound):
    """The fund has no such member."""

    code = "fund_member_not_found"
    title_th, title_en = "ไม่พบสมาชิกกองทุนคนนี้", "The fund has no such member"


class FundMemberExists(Conflict):
    """The id is taken."""

    code = "fund_member_exists"
    title_th, title_en = "มีสมาชิกรหัสนี้แล้ว", "The member exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านสมาชิกเดิม"
    detail_en = "Use another id, or read the member that is there"


class MemberNumberTaken(Conflict):
    """Another member of the fund has this number."""

    code = "member_number_taken"
    title_th, title_en = "เลขที่สมาชิกนี้ใช้แล้ว", "The member number is taken"
    detail_th = "ใช้เลขที่อื่น หรือไม่ระบุเพื่อให้ระบบออกเลขให้"
    detail_en = "Use another number, or none to be given the next one"


class MemberAlready(Conflict):
    """The person is a member of this fund already."""

    code = "member_already"
    title_th, title_en = "บุคคลนี้เป็นสมาชิกกองทุนอยู่แล้ว", "The person is a member already"
    detail_th = "ค้นหาสมาชิกเดิมของบุคคลนี้"
    detail_en = "Look for the person's membership"


class MemberHasLeft(Conflict):
    """She is no member any more."""

    code = "member_has_left"
    title_th, title_en = "พ้นสมาชิกภาพแล้ว", "She is no member any more"
    detail_th = "รับเป็นสมาชิกใหม่ถ้ากลับเข้ามา"
    detail_en = "Enrol her anew if she comes back"


class MemberHasSavings(Conflict):
    """The fund still keeps her savings or shares: they are paid out first."""

    code = "member_has_savings"
    title_th, title_en = "ยังมีเงินสัจจะหรือหุ้นคงเหลือ ต้องจ่ายคืนก่อน", "Her savings or shares are paid out first"
    detail_th = "ถอนเงินออมและหุ้นทั้งหมดก่อนบันทึกการออก"
    detail_en = "Pay out all her savings and shares before she leaves"


class MemberHasLoan(Conflict):
    """She owes the fund, alone or as one of a group, or answers for somebody's debt: it is repaid first."""

    code = "member_has_loan"
    title_th, title_en = "ยังมีสัญญาเงินกู้ที่เปิดอยู่ ต้องชำระให้หมดก่อน", "She has an open loan: it is repaid first"
    detail_th = "ปิดสัญญาที่รับผิดชอบอยู่ก่อนบันทึกการออก"
    detail_en = "Close the loans that she answers for before she leaves"


class MemberGuarantees(Conflict):
    """She guarantees a loan that is open."""

    code = "member_guarantees"
    title_th, title_en = "ยังค้ำประกันสัญญาเงินกู้ที่เปิดอยู่", "She guarantees a loan that is open"
    detail_th = "ปิดสัญญาที่ค้ำประกันก่อนบันทึกการออก"
    detail_en = "Close the loans that she guarantees before she leaves"


class LeftBeforeJoined(InvalidField):
    """The last day comes before the first."""

    code = "left_before_joined"
    title_th, title_en = "วันออกอยู่ก่อนวันเข้า", "The end comes before the beginning"
    detail_th = "ตรวจวันเข้าและวันออก"
    detail_en = "Check the first and the last day"


class BorrowerGroupNotFound(NotFound):
    """The fund has no such group."""

    code = "borrower_group_not_found"
    title_th, title_en = "ไม่พบกลุ่มสมาชิกนี้", "The fund has no such group"


class BorrowerGroupExists(Conflict):
    """The id is taken, or the fund has a standing group of this name."""

    code = "borrower_group_exists"
    title_th, title_en = "มีกลุ่มชื่อนี้อยู่แล้ว", "The fund has a group of this name already"
    detail_th = "ใช้ชื่ออื่น หรืออ่านกลุ่มเดิม"
    detail_en = "Use another name, or read the group that is there"


class BorrowerGroupDissolved(Conflict):
    """The group stands no more."""

    code = "borrower_group_dissolved"
    title_th, title_en = "กลุ่มนี้ยุบแล้ว", "The group is dissolved"
    detail_th = "ตั้งกลุ่มใหม่ หรือเลือกกลุ่มที่ยังอยู่"
    detail_en = "Form another group, or choose one that stands"


class GroupHasLoan(Conflict):
    """While the group's loan is open, nobody leaves it and it is not dissolved: all of it answers."""

    code = "group_has_loan"
    title_th, title_en = "กลุ่มมีสัญญาเงินกู้ที่เปิดอยู่ ออกหรือยุบกลุ่มไม่ได้", "The group's loan is open"
    detail_th = "ปิดสัญญาของกลุ่มก่อน หรือแยกหนี้เป็นรายคน"
    detail_en = "Close the group's loan, or have the debt split, first"


class UnknownFundMember(InvalidField):
    """Somebody named for a group is no member of the fund now."""

    code = "unknown_fund_member"
    title_th, title_en = "ไม่ใช่สมาชิกปัจจุบันของกองทุน", "She is no present member of the fund"
    detail_th = "เลือกสมาชิกปัจจุบันของกองทุน"
    detail_en = "Choose present members of the fund"


class InGroupAlready(Conflict):
    """She is in the group already."""

    code = "in_group_already"
    title_th, title_en = "อยู่ในกลุ่มนี้แล้ว", "She is in the group already"
    detail_th = "ระบุแต่ละคนครั้งเดียว"
    detail_en = "Name each member once"


class NotInGroup(NotFound):
    """She is not in the group now."""

    code = "not_in_group"
    title_th, title_en = "ไม่ได้อยู่ในกลุ่มนี้", "She is not in the group"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_members": FundMemberExists,
    "uq_fund_members_fund_id": MemberNumberTaken,
    "uq_fund_members_person_id": MemberAlready,
    "ck_fund_members_left_on": LeftBeforeJoined,
    "pk_borrower_groups": BorrowerGroupExists,
    "uq_borrower_groups_name": BorrowerGroupExists,
    "ck_borrower_groups_dissolved_on": LeftBeforeJoined,
    "uq_group_members_group_id": InGroupAlready,
    "ck_group_members_left_on": LeftBeforeJoined,
}
