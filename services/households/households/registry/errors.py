"""Refusals about households."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound


class HouseholdNotFound(NotFound):
    """No such household, or not for this caller."""

    code = "household_not_found"
    title_th, title_en = "ไม่พบครัวเรือนนี้", "There is no such household"


class AreaNotYours(Forbidden):
    """The village lies outside the caller's areas."""

    code = "area_not_yours"
    title_th, title_en = "หมู่บ้านนี้อยู่นอกพื้นที่ของท่าน", "The village is outside your areas"
    detail_th = "เลือกหมู่บ้านในพื้นที่ของท่าน"
    detail_en = "Choose a village of your areas"


class HouseholdExists(Conflict):
    """The id made by the client is taken."""

    code = "household_exists"
    title_th, title_en = "มีครัวเรือนรหัสนี้อยู่แล้ว", "A household with this id exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านครัวเรือนเดิม"
    detail_en = "Use another id, or read the household that is there"


class HouseIdTaken(Conflict):
    """Another household has this house registration number."""

    code = "house_id_taken"
    title_th, title_en = "รหัสประจำบ้านนี้มีอยู่ในทะเบียนแล้ว", "Another household has this house id"
    detail_th = "ตรวจรหัสประจำบ้าน หรืออ่านครัวเรือนเดิม"
    detail_en = "Check the house id, or read the household that has it"


class HouseholdNotActive(Conflict):
    """The household is closed or was merged into another."""

    code = "household_not_active"
    title_th, title_en = "ครัวเรือนนี้ปิดหรือถูกรวมแล้ว", "The household is closed or merged"
    detail_th = "ใช้ครัวเรือนที่ยังอยู่ในทะเบียน"
    detail_en = "Use a household that stands in the register"


class SameVillage(Conflict):
    """The household is in that village already."""

    code = "same_village"
    title_th, title_en = "ครัวเรือนอยู่ในหมู่บ้านนี้อยู่แล้ว", "The household is in this village already"
    detail_th = "ระบุหมู่บ้านอื่น"
    detail_en = "Give another village"


class NoHead(InvalidField):
    """A household needs a head."""

    code = "no_head"
    title_th, title_en = "ต้องมีหัวหน้าครัวเรือนหนึ่งคน", "A household needs one head"
    detail_th = "ระบุหัวหน้าครัวเรือนหนึ่งคน"
    detail_en = "Name one head of the household"


class NothingLeft(Conflict):
    """A split leaves nobody behind: it would be a move."""

    code = "nothing_left"
    title_th, title_en = "ไม่มีสมาชิกเหลือในครัวเรือนเดิม", "Nobody would be left in the household"
    detail_th = "ย้ายทั้งครัวเรือนแทนการแยก"
    detail_en = "Move the whole household instead of splitting it"


class AreaRequired(InvalidField):
    """House numbers are searched in a district or below."""

    code = "area_required"
    title_th, title_en = (
        "ค้นหาบ้านเลขที่ต้องระบุอำเภอหรือพื้นที่ย่อย",
        "A house number is searched in a district or below",
    )
    detail_th = "ระบุ area เป็นรหัสอำเภอหรือพื้นที่ย่อย"
    detail_en = "Give `area` as a district or below"


class TwoHouseIds(Conflict):
    """Two house ids are two houses."""

    code = "two_house_ids"
    title_th, title_en = "รหัสประจำบ้านต่างกัน ไม่ใช่บ้านเดียวกัน", "Different house ids are different houses"
    detail_th = "แก้รหัสประจำบ้านที่ผิดก่อน ถ้าเป็นบ้านเดียวกัน"
    detail_en = "Correct the wrong house id first if it is one house"


CONSTRAINTS = {"pk_households": HouseholdExists, "uq_households_house_id": HouseIdTaken}
"""What a broken constraint of the table means to the caller."""
