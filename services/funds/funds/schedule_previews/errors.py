"""Refusals of previews."""

from shared.errors import InvalidField


class PrincipalDiffers(InvalidField):
    """The principal is not the sum of the disbursements."""

    code = "principal_differs"
    title_th, title_en = "เงินต้นไม่เท่ากับผลรวมเงินที่จ่าย", "The principal is not the sum of the disbursements"
    detail_th = "ไม่ต้องระบุ principal หรือระบุเท่ากับผลรวมเงินที่จ่าย"
    detail_en = "Leave `principal` out, or give the disbursements' sum"
