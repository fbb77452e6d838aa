"""Refusals about access to capital."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class AccessVillageNotFound(NotFound):
    """No village of this id in the caller's areas."""

    code = "access_village_not_found"
    title_th, title_en = "ไม่พบหมู่บ้านเป้าหมายนี้", "There is no such target village"


class AccessVillageExists(Conflict):
    """The id is taken."""

    code = "access_village_exists"
    title_th, title_en = "มีรายการนี้แล้ว", "The entry exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the entry that is there"


class VillageAnsweredAlready(Conflict):
    """A village's conditions are answered once a fiscal year, and corrected afterwards."""

    code = "village_answered_already"
    title_th, title_en = "หมู่บ้านนี้ตอบเงื่อนไขในปีนี้แล้ว", "The village is answered for this year already"
    detail_th = "อ่านรายการของปีนี้แล้วแก้ไขด้วย PATCH"
    detail_en = "Read this year's entry and correct it with PATCH"


class UnknownVillage(InvalidField):
    """The code lies in no tambon of the register."""

    code = "unknown_village"
    title_th, title_en = "ไม่มีหมู่บ้านตามรหัสนี้", "There is no village of this code"
    detail_th = "ใช้รหัสหมู่บ้าน 8 หลักที่ขึ้นต้นด้วยรหัสตำบลในทะเบียน"
    detail_en = "Give the 8 digits of a village in a tambon of the register"


class UnknownCondition(InvalidField):
    """The instrument has no such condition."""

    code = "unknown_condition"
    title_th, title_en = "ไม่มีเงื่อนไขข้อนี้", "There is no such condition"
    detail_th = "ใช้ข้อตามแบบ FUND_ACCESS_VILLAGE"
    detail_en = "Use the items of FUND_ACCESS_VILLAGE"


class VillageNotTarget(Conflict):
    """The village meets none of the conditions: nobody is invited."""

    code = "village_not_target"
    title_th, title_en = "หมู่บ้านนี้ไม่เข้าเงื่อนไข", "The village meets no condition"
    detail_th = "เชิญได้เฉพาะหมู่บ้านที่เข้าเงื่อนไขอย่างน้อยหนึ่งข้อ ตรวจคำตอบของหมู่บ้าน"
    detail_en = "Only a village that meets a condition invites; check its answers"


class VillageFull(Conflict):
    """So many people as the village has places for are invited."""

    code = "village_full"
    title_th, title_en = "เชิญครบจำนวนคนของหมู่บ้านแล้ว", "All the village's places are taken"
    detail_th = "เพิ่มจำนวนคนของหมู่บ้าน หรือรอผลของคำเชิญเดิม"
    detail_en = "Raise the village's number of persons, or wait for results of invitations"


class FewerThanInvited(Conflict):
    """More people are invited than the village would have places."""

    code = "fewer_than_invited"
    title_th, title_en = "จำนวนคนน้อยกว่าที่เชิญแล้ว", "More people are invited already"
    detail_th = "ระบุจำนวนคนไม่น้อยกว่าที่เชิญแล้ว"
    detail_en = "Give at least as many persons as are invited"


class HouseholdNotHere(InvalidField):
    """Funds knows of no such household in the village."""

    code = "household_not_here"
    title_th, title_en = "ไม่พบครัวเรือนนี้ในหมู่บ้าน", "No such household in the village"
    detail_th = "เลือกครัวเรือนจากรายการของหมู่บ้านนี้"
    detail_en = "Choose a household from this village's list"


class HouseholdNotPoor(InvalidField):
    """The household is neither on the register nor poor by the newest edition."""

    code = "household_not_poor"
    title_th, title_en = "ครัวเรือนนี้ไม่อยู่ในกลุ่มเป้าหมาย", "The household is no target"
    detail_th = "เชิญได้เฉพาะครัวเรือนในทะเบียนเป้าหมายหรือที่ยากจนตามข้อมูลล่าสุด"
    detail_en = "Only households on the register, or poor by the newest survey, are invited"


class HouseholdHasAccess(Conflict):
    """Somebody of the household borrows already."""

    code = "household_has_access"
    title_th, title_en = "ครัวเรือนนี้เข้าถึงแหล่งทุนแล้ว", "The household has access already"
    detail_th = "ครัวเรือนนี้กู้อยู่แล้ว ไม่ต้องเชิญ"
    detail_en = "The household borrows already and needs no invitation"


class FundDoesNotSuit(InvalidField):
    """The fund is out of reach or does not suit the household; the member `why` says it."""

    code = "fund_does_not_suit"
    title_th, title_en = "กองทุนนี้ไม่เหมาะกับครัวเรือน", "The fund does not suit the household"
    detail_th = "ดูเหตุผลใน why แล้วเลือกกองทุนอื่น หรือไม่ระบุกองทุน"
    detail_en = "See `why`, choose another fund or name none"


class InvitedAlready(Conflict):
    """She is invited this year."""

    code = "invited_already"
    title_th, title_en = "เชิญครัวเรือนนี้แล้ว", "Invited already"
    detail_th = "แก้ไขคำเชิญเดิมของปีนี้"
    detail_en = "Change this year's invitation instead"


class InvitationExists(Conflict):
    """The id is taken."""

    code = "invitation_exists"
    title_th, title_en = "มีคำเชิญนี้แล้ว", "The invitation exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านคำเชิญเดิม"
    detail_en = "Use another id, or read the invitation that is there"


class InvitationNotFound(NotFound):
    """No invitation of this id in the caller's areas."""

    code = "invitation_not_found"
    title_th, title_en = "ไม่พบคำเชิญนี้", "There is no such invitation"


class ResultDayWrong(InvalidField):
    """A result has a day, not before the invitation; waiting has none."""

    code = "result_day_wrong"
    title_th, title_en = "วันที่ของผลไม่ถูกต้อง", "The day of the result is wrong"
    detail_th = "ผลต้องมีวันที่ ไม่ก่อนวันเชิญและไม่หลังวันนี้ หากยังรอผลไม่ต้องระบุวันที่"
    detail_en = "A result has a day from the invitation until today; waiting has none"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_access_villages": AccessVillageExists,
    "uq_access_villages_area_code_fiscal_year": VillageAnsweredAlready,
    "pk_access_invitations": InvitationExists,
    "uq_access_invitations_village_id_person": InvitedAlready,
}
