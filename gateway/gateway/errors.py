"""What the gateway itself refuses; everything else is the services' own answer."""

from shared.errors import BadRequest, NotFound, Refusal, Unavailable


class BadFraming(BadRequest):
    """Two parsers could read this request differently, so neither shall."""

    code = "bad_framing"
    title_th, title_en = "รูปแบบคำขอ HTTP ไม่ถูกต้อง", "The request's HTTP framing is not accepted"
    detail_th = "ใช้ไลบรารี HTTP ที่ทำตามมาตรฐาน ส่ง Content-Length หรือ chunked อย่างเดียว"
    detail_en = "Use a standard HTTP library; send Content-Length or chunked, not both"


class BadTarget(BadRequest):
    """The address is not a plain absolute path."""

    code = "bad_target"
    title_th, title_en = "ที่อยู่ของคำขอไม่ถูกต้อง", "The request's address is not accepted"
    detail_th = "ใช้ที่อยู่ตามเอกสาร API ไม่มี // หรือ .. และเข้ารหัสอักขระพิเศษ"
    detail_en = "Use the addresses of the API document, without // or .., special characters encoded"


class TargetNotEncoded(BadRequest):
    """The address holds bytes beyond ASCII as they are; a parser may take them for any encoding."""

    code = "target_not_encoded"
    title_th = "ที่อยู่ต้องเข้ารหัสแบบเปอร์เซ็นต์ด้วย UTF-8 เช่น ก เป็น %E0%B8%81"
    title_en = "The address must be percent-encoded as UTF-8, for example ก as %E0%B8%81"
    detail_th = "เข้ารหัสที่อยู่ด้วยไลบรารี HTTP ก่อนส่ง"
    detail_en = "Let an HTTP library encode the address"


class TargetTooLong(Refusal):
    """The address is longer than 8 KiB."""

    status, code = 414, "target_too_long"
    title_th, title_en = "ที่อยู่ยาวเกินกำหนด", "The request's address is too long"
    detail_th = "ลดตัวกรอง ที่อยู่ยาวได้ไม่เกิน 8 KiB"
    detail_en = "Use fewer filters: an address has up to 8 KiB"


class HeadersTooLarge(Refusal):
    """The header fields are larger than 64 KiB together, or more than 100."""

    status, code = 431, "headers_too_large"
    title_th, title_en = "ส่วนหัวของคำขอใหญ่เกินกำหนด", "The request's header fields are too large"
    detail_th = "ลดส่วนหัวและคุกกี้ที่ส่ง"
    detail_en = "Send fewer and shorter header fields"


class RequestTimeout(Refusal):
    """The request did not arrive in time."""

    status, code = 408, "request_timeout"
    title_th, title_en = "ส่งคำขอช้าเกินกำหนด", "The request did not arrive in time"
    detail_th = "ส่งใหม่เมื่อสัญญาณดีขึ้น หรือแบ่งส่งเป็นส่วนเล็กลง"
    detail_en = "Send it again with a better signal, or in smaller parts"


class CompressedBody(Refusal):
    """The body is compressed; none is taken so."""

    status, code = 415, "compressed_body"
    title_th, title_en = "ไม่รับเนื้อหาที่บีบอัด", "Compressed request bodies are not taken"
    detail_th = "ส่งเนื้อหาโดยไม่บีบอัด"
    detail_en = "Send the body uncompressed"


class MethodNotImplemented(Refusal):
    """A method that no operation has."""

    status, code = 501, "method_not_implemented"
    title_th, title_en = "ไม่รู้จักเมธอดนี้", "The method is not known"
    detail_th = "ใช้ GET POST PUT PATCH หรือ DELETE"
    detail_en = "Use GET, POST, PUT, PATCH or DELETE"


class NoSuchAddress(NotFound):
    """No service owns this address."""

    code = "no_such_address"
    title_th, title_en = "ไม่มีที่อยู่นี้", "No service owns this address"
    detail_th = "ตรวจที่อยู่กับเอกสาร API ที่ /docs"
    detail_en = "Check the address with the API document at /docs"


class ServiceStarting(Unavailable):
    """Not every service has told its addresses yet, so this one cannot be ruled out."""

    code = "service_starting"
    title_th, title_en = "ระบบกำลังเริ่มทำงาน", "A service is still starting"
    detail_th = "ลองใหม่ในอีกสักครู่ ตามส่วนหัว Retry-After"
    detail_en = "Try again in a moment, as Retry-After says"


class ServiceDown(Unavailable):
    """The service that owns this address cannot be reached."""

    code = "service_down"
    title_th, title_en = "บริการไม่พร้อมใช้งาน", "The service cannot be reached"
    detail_th = "ลองใหม่ในอีกสักครู่ ตามส่วนหัว Retry-After"
    detail_en = "Try again in a moment, as Retry-After says"


class ServiceFailed(Refusal):
    """The service broke off, or answered what is not HTTP."""

    status, code = 502, "service_failed"
    title_th, title_en = "บริการตอบผิดพลาด", "The service broke off its answer"
    detail_th = "อ่านข้อมูลก่อนว่าบันทึกแล้วหรือยัง แล้วส่งด้วย Idempotency-Key เดิม"
    detail_en = "Send it again with the same Idempotency-Key, so that nothing is done twice"


class DeadlineExceeded(Refusal):
    """The service did not answer in time; what it was doing may still be finished."""

    status, code = 504, "deadline_exceeded"
    title_th, title_en = "บริการตอบช้าเกินกำหนด", "The service did not answer in time"
    detail_th = "ส่งใหม่ด้วย Idempotency-Key เดิม หรือขอช่วงข้อมูลที่สั้นลง"
    detail_en = "Send it again with the same Idempotency-Key, or ask for less at once"


class TooManyRequests(Refusal):
    """This caller asks too often."""

    status, code = 429, "too_many_requests"
    title_th, title_en = "ส่งคำขอถี่เกินไป", "Too many requests"
    detail_th = "รอตามส่วนหัว Retry-After แล้วส่งใหม่"
    detail_en = "Wait as Retry-After says and send it again"
