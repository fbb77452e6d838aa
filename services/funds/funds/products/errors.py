"""Refusals about products and rates."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ProductNotFound(NotFound):
    """No product of this id, or none whose terms are in force on the day."""

    code = "product_not_found"
    title_th, title_en = "ไม่พบประเภทเงินนี้", "There is no such product"


class ProductExists(Conflict):
    """The id or the code is taken."""

    code = "product_exists"
    title_th, title_en = "มีประเภทเงินรหัสนี้แล้ว", "A product of this code exists"
    detail_th = "ใช้รหัสอื่น หรือเพิ่มเงื่อนไขใหม่ให้ประเภทเงินเดิม"
    detail_en = "Use another code, or add terms to the product that is there"


class VersionExists(Conflict):
    """The product has terms from this very day on; terms are never changed, only followed by others."""

    code = "product_version_exists"
    title_th, title_en = "มีเงื่อนไขที่เริ่มใช้วันเดียวกันแล้ว", "The product has terms from this day on"
    detail_th = "เลือกวันเริ่มใช้อื่น เงื่อนไขที่มีแล้วแก้ไขไม่ได้"
    detail_en = "Choose another first day: terms never change"


class VersionInThePast(InvalidField):
    """Terms may begin today or later: contracts of the past keep theirs."""

    code = "version_in_the_past"
    title_th, title_en = "เงื่อนไขใหม่ต้องเริ่มตั้งแต่วันนี้เป็นต้นไป", "New terms begin today or later"
    detail_th = "ระบุวันเริ่มใช้เป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give a first day of today or later"


class RateAboveCap(InvalidField):
    """A yearly rate above what the law allows on the contract's day (ป.พ.พ. มาตรา 654)."""

    code = "rate_above_cap"
    title_th, title_en = "อัตราดอกเบี้ยเกินกว่าที่กฎหมายกำหนด", "The rate is above the legal cap"
    detail_th = "ลดอัตราให้ไม่เกินเพดานตามกฎหมายในวันทำสัญญา ดู /v1/fund-products/rate-caps"
    detail_en = "Lower the rate to the legal cap of the contract's day; see /v1/fund-products/rate-caps"


class WrongMethod(InvalidField):
    """A grant is not repaid and an interest-free loan bears none."""

    code = "wrong_method"
    title_th, title_en = "วิธีคิดดอกเบี้ยไม่ตรงกับประเภทเงิน", "The method does not fit the category"
    detail_th = "เงินอุดหนุนไม่มีวิธีผ่อน เงินปลอดดอกเบี้ยใช้ interest_free"
    detail_en = "A grant has no method; what is free of interest has `interest_free`"


class DepartmentOnly(Forbidden):
    """Products are the department's: only who may act in the whole country adds terms."""

    code = "department_only"
    title_th, title_en = "เฉพาะส่วนกลางเท่านั้น", "Only the department may do this"
    detail_th = "ให้กรมการพัฒนาชุมชนเป็นผู้บันทึก"
    detail_en = "The department records this"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_products": ProductExists,
    "uq_fund_products_code": ProductExists,
    "pk_fund_product_versions": VersionExists,
}
