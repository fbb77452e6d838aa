"""Refusals about poverty figures."""

from shared.errors import NotFound


class NoEdition(NotFound):
    """No edition has been imported, or not this one."""

    code = "no_imported_edition"
    title_th, title_en = "ไม่พบชุดข้อมูลที่นำเข้าแล้ว", "No such imported edition"


class AreaNotFound(NotFound):
    """The area is not in the edition, or not the caller's."""

    code = "area_not_in_edition"
    title_th, title_en = "ไม่พบพื้นที่นี้", "No such area"
