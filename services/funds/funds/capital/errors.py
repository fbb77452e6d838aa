"""Refusals about capital."""

from shared.errors import Conflict, NotFound, Refusal


class CapitalNotFound(NotFound):
    """The fund has no such contribution."""

    code = "capital_not_found"
    title_th, title_en = "ไม่พบรายการเงินทุนนี้", "There is no such contribution"


class CapitalExists(Conflict):
    """The id is taken."""

    code = "capital_exists"
    title_th, title_en = "มีรายการเงินทุนรหัสนี้แล้ว", "The contribution exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the contribution that is there"


class CapitalDocumentUsed(Conflict):
    """The fund has booked a contribution with this document already."""

    code = "capital_document_used"
    title_th, title_en = "เอกสารเลขที่นี้บันทึกเงินทุนแล้ว", "The document was booked already"
    detail_th = "ตรวจเลขที่เอกสาร เอกสารหนึ่งลงได้ครั้งเดียว"
    detail_en = "Check the document's number: one is booked once"


class CapitalReversed(Conflict):
    """The contribution was reversed already."""

    code = "capital_reversed"
    title_th, title_en = "รายการเงินทุนนี้กลับรายการแล้ว", "The contribution was reversed already"
    detail_th = "บันทึกรายการใหม่ที่ถูกต้อง"
    detail_en = "Record the right contribution anew"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_capital": CapitalExists,
    "uq_fund_capital_document_no": CapitalDocumentUsed,
}
