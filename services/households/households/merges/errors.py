"""Refusals about merging duplicates."""

from shared.errors import Conflict, InvalidField, NotFound


class MergeNotFound(NotFound):
    """No such merge, or not for this caller."""

    code = "merge_not_found"
    title_th, title_en = "ไม่พบการรวมข้อมูลนี้", "There is no such merge"


class MergeUndone(Conflict):
    """The merge has been undone already."""

    code = "merge_undone"
    title_th, title_en = "การรวมนี้ถูกยกเลิกไปแล้ว", "The merge was undone already"
    detail_th = "อ่านรายการรวมเดิม"
    detail_en = "Read the merge"


class AlreadyMerged(Conflict):
    """It has been merged into another already."""

    code = "already_merged"
    title_th, title_en = "รายการนี้ถูกรวมไปแล้ว", "It was merged already"
    detail_th = "ใช้รายการที่เหลืออยู่หลังการรวม"
    detail_en = "Use the entry that was kept"


class DistrictRequired(InvalidField):
    """Duplicates are looked for in a district or below."""

    code = "district_required"
    title_th, title_en = "ต้องระบุอำเภอหรือพื้นที่ย่อย", "A district or an area below it is needed"
    detail_th = "ระบุ area เป็นรหัสอำเภอหรือพื้นที่ย่อย"
    detail_en = "Give `area` as a district or below"


CONSTRAINTS = {"uq_merges_dropped_id_standing": AlreadyMerged}
