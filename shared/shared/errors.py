"""Refusals: one class per fact that stops a request, each with a status, a stable code and two titles.

A capability derives its own in `errors.py`; the web layer turns any of them into an RFC 9457 problem.
A refusal never carries personal data: not in its detail, its fields, nor its extension members.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from pydantic_core import PydanticCustomError


class FieldError(NamedTuple):
    """One field that is wrong: a JSON Pointer into the body, or `?name` for a parameter, and a code."""

    pointer: str
    code: str
    detail_th: str = ""
    detail_en: str = ""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a programming error
    """A request that the service understands and refuses; rolls its transaction back."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"
    title_th: ClassVar[str] = "ปฏิเสธคำขอ"
    title_en: ClassVar[str] = "Refused"
    detail_th, detail_en = "", ""
    """What to do, unless the place that refuses says more."""

    def __init__(
        self,
        detail_th: str = "",
        detail_en: str = "",
        *,
        pointer: str | None = None,
        errors: Sequence[FieldError] = (),
        **extra: Any,
    ) -> None:
        """Say why in both languages; `pointer` is short for one field error with this refusal's code."""
        super().__init__(self.code)
        self.detail_th = detail_th or self.detail_th
        self.detail_en = detail_en or self.detail_en
        told = {"detail_th": self.detail_th, "detail_en": self.detail_en}
        self.errors = [one if one.detail_th else one._replace(**told) for one in errors]
        if pointer is not None:
            self.errors.insert(0, FieldError(pointer, self.code, self.detail_th, self.detail_en))
        self.extra = extra
        self.headers: dict[str, str] = {}


def invalid_value(code: str, th: str, en: str) -> PydanticCustomError:
    """Return the error a validator raises so that its fixed texts reach the caller in her language.

    `raise invalid_value("not_a_village", "ไม่ใช่รหัสหมู่บ้าน", "is not a village code")`. The texts must not
    contain the refused value.
    """
    return PydanticCustomError(code, "{en}", {"th": th, "en": en})


class BadRequest(Refusal):
    """The request cannot be read."""

    status, code = 400, "bad_request"
    title_th, title_en = "อ่านคำขอไม่ได้", "The request cannot be read"


class InvalidJson(BadRequest):
    """The body is not JSON."""

    code = "invalid_json"
    title_th, title_en = "เนื้อหาไม่ใช่ JSON", "The body is not JSON"
    detail_th = "ส่งเนื้อหาเป็น JSON ที่ถูกต้องแบบ UTF-8"
    detail_en = "Send valid JSON in UTF-8"


class DuplicateKey(BadRequest):
    """An object in the body names a key twice."""

    code = "duplicate_key"
    title_th, title_en = "มีคีย์ซ้ำใน JSON", "An object names a key twice"
    detail_th = "ระบุแต่ละคีย์ครั้งเดียว"
    detail_en = "Name each key once"


class InvalidNumber(BadRequest):
    """A number is NaN, infinite or too long."""

    code = "invalid_number"
    title_th, title_en = "ตัวเลขใช้ไม่ได้", "A number is not finite or too long"
    detail_th = 'ส่งตัวเลขธรรมดา จำนวนเงินส่งเป็นข้อความ เช่น "328.00"'
    detail_en = 'Send plain numbers, and money as text such as "328.00"'


class InvalidCharacter(BadRequest):
    """A text holds NUL or half of a surrogate pair."""

    code = "invalid_character"
    title_th, title_en = "มีอักขระที่รับไม่ได้", "A text holds a character that cannot be stored"
    detail_th = "ลบอักขระ NUL หรืออักขระที่ไม่สมบูรณ์ออก"
    detail_en = "Take out NUL and broken characters"


class TooDeep(BadRequest):
    """Arrays and objects are nested deeper than 64."""

    code = "too_deep"
    title_th, title_en = "JSON ซ้อนกันลึกเกินไป", "The body is nested too deeply"
    detail_th = "ซ้อนอาร์เรย์และออบเจ็กต์ไม่เกิน 64 ชั้น"
    detail_en = "Nest arrays and objects up to 64 levels"


class InvalidCursor(BadRequest):
    """The cursor was not made by this list with these filters."""

    code = "invalid_cursor"
    title_th, title_en = "ตำแหน่งหน้าไม่ถูกต้อง", "The cursor does not belong to this list"
    detail_th = "ใช้ next ของหน้าก่อนกับตัวกรองเดิม หรือเริ่มใหม่โดยไม่ส่ง cursor"
    detail_en = "Use `next` of the page before with the same filters, or begin without a cursor"


class TokenMissing(Refusal):
    """There is no internal token."""

    status, code = 401, "token_missing"
    title_th, title_en = "ต้องยืนยันตัวตน", "A token is required"
    detail_th = "ส่งส่วนหัว Authorization: Bearer พร้อมโทเคน"
    detail_en = "Send the header Authorization: Bearer with a token"


class TokenInvalid(Refusal):
    """The token is not one of ours, or not any more."""

    status, code = 401, "token_invalid"
    title_th, title_en = "โทเคนใช้ไม่ได้", "The token is not valid"
    detail_th = "ขอโทเคนใหม่ที่ /oauth/token แล้วส่งอีกครั้ง"
    detail_en = "Get a new token at /oauth/token and send it again"


class Forbidden(Refusal):
    """The caller may see this, but not do it."""

    status, code = 403, "forbidden"
    title_th, title_en = "ไม่มีสิทธิ์ทำรายการนี้", "You may not do this"


class ScopeMissing(Forbidden):
    """The token does not carry the scope of this operation."""

    code = "scope_missing"
    title_th, title_en = "โทเคนไม่มีขอบเขตสิทธิ์ที่ต้องใช้", "The token lacks the scope"


class PurposeRequired(Forbidden):
    """Full personal data needs a stated purpose (header `Purpose`)."""

    code = "purpose_required"
    title_th, title_en = "ต้องระบุวัตถุประสงค์", "A purpose must be stated"


class NotFound(Refusal):
    """It does not exist, or not for this caller."""

    status, code = 404, "not_found"
    title_th, title_en = "ไม่พบข้อมูล", "Not found"
    detail_th, detail_en = (
        "ตรวจที่อยู่และรหัสอีกครั้ง รายการนอกพื้นที่ของท่านไม่แสดง",
        "Check the address and the id; what lies outside your areas is not shown",
    )


class MethodNotAllowed(Refusal):
    """The address exists, the method does not."""

    status, code = 405, "method_not_allowed"
    title_th, title_en = "ไม่รองรับเมธอดนี้", "The method is not allowed"
    detail_th = "ดูเมธอดที่รับได้ในเอกสาร API"
    detail_en = "See the API document for the methods of this address"


class NotAcceptable(Refusal):
    """None of the wanted media types can be given."""

    status, code = 406, "not_acceptable"
    title_th, title_en = "ไม่มีรูปแบบที่ขอ", "No wanted format is available"
    detail_th = "ดูรูปแบบที่มีของรายการนี้ในเอกสาร API"
    detail_en = "See the API document for the formats of this operation"


class Conflict(Refusal):
    """The present state does not allow it."""

    status, code = 409, "conflict"
    title_th, title_en = "ขัดกับสถานะปัจจุบัน", "In conflict with the present state"


class RequestInProgress(Conflict):
    """A request with the same idempotency key is still running."""

    code = "request_in_progress"
    title_th, title_en = "คำขอเดิมยังทำงานอยู่", "The same request is still running"
    detail_th = "รอสักครู่แล้วส่งคำขอเดิมอีกครั้ง"
    detail_en = "Wait a moment and send the same request again"


class StaleVersion(Refusal):
    """`If-Match` names an older version."""

    status, code = 412, "stale_version"
    title_th, title_en = "ข้อมูลถูกแก้ไขไปแล้ว", "It was changed in the meantime"
    detail_th = "อ่านข้อมูลล่าสุด แล้วส่ง ETag ใหม่ใน If-Match"
    detail_en = "Read it again and send its new ETag in If-Match"


class BodyTooLarge(Refusal):
    """The body is larger than this operation takes."""

    status, code = 413, "body_too_large"
    title_th, title_en = "เนื้อหาใหญ่เกินกำหนด", "The body is too large"
    detail_th = "แบ่งส่งเป็นหลายคำขอ หรือลดขนาดไฟล์"
    detail_en = "Send it in several requests, or a smaller file"


class WrongContentType(Refusal):
    """The body is declared as something this operation does not take."""

    status, code = 415, "wrong_content_type"
    title_th, title_en = "ชนิดเนื้อหาไม่ถูกต้อง", "The content type is not supported"


class InvalidField(Refusal):
    """A field breaks a rule."""

    status, code = 422, "invalid_field"
    title_th, title_en = "ค่าในช่องข้อมูลไม่ถูกต้อง", "A field is not valid"


class InvalidRequest(Refusal):
    """The body, path or query does not fit its description."""

    status, code = 422, "invalid_request"
    title_th, title_en = "ข้อมูลไม่ถูกต้อง", "The request is not valid"
    detail_th = "แก้ช่องข้อมูลตามที่ระบุใน errors"
    detail_en = "Correct the fields named in `errors`"


class UnknownParameter(Refusal):
    """A query parameter that this operation does not know."""

    status, code = 422, "unknown_parameter"
    title_th, title_en = "พารามิเตอร์ที่ไม่รู้จัก", "Unknown query parameter"
    detail_th = "ลบพารามิเตอร์ที่ระบุใน errors หรือตรวจการสะกด"
    detail_en = "Take out the parameters named in `errors`, or check their spelling"


class IdempotencyKeyReused(Refusal):
    """The idempotency key was used with another body."""

    status, code = 422, "idempotency_key_reused"
    title_th, title_en = "ใช้ Idempotency-Key ซ้ำกับเนื้อหาอื่น", "The idempotency key belongs to another request"
    detail_th = "ใช้ Idempotency-Key ใหม่สำหรับคำขอใหม่"
    detail_en = "Use a new Idempotency-Key for a new request"


class VersionRequired(Refusal):
    """A change without `If-Match`."""

    status, code = 428, "version_required"
    title_th, title_en = "ต้องส่ง If-Match", "If-Match is required"
    detail_th = "อ่านข้อมูลก่อน แล้วส่ง ETag ใน If-Match"
    detail_en = "Read it first and send its ETag in If-Match"


class InternalError(Refusal):
    """A fault of the service; the request id finds it in the log."""

    status, code = 500, "internal_error"
    title_th, title_en = "ระบบขัดข้อง", "The service failed"
    detail_th = "ลองใหม่ภายหลัง หากยังเกิดขึ้นให้แจ้ง request_id"
    detail_en = "Try again later; if it stays, report the request_id"


class Unavailable(Refusal):
    """The service cannot answer for a moment: try again."""

    status, code = 503, "unavailable"
    title_th, title_en = "ระบบไม่พร้อมชั่วคราว", "Temporarily unavailable"
