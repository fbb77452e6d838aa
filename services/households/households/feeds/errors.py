"""Why an edition, a file or an import is refused as a whole."""

from shared.errors import Conflict, NotFound, Refusal


class EditionNotFound(NotFound):
    """There is no such edition."""

    code = "feed_edition_not_found"
    title_th, title_en = "ไม่พบชุดข้อมูลปีนี้", "No such feed edition"


class PullNotFound(NotFound):
    """There is no such pull."""

    code = "feed_pull_not_found"
    title_th, title_en = "ไม่พบการดึงข้อมูลนี้", "No such feed pull"


class UnknownInstrument(Refusal):
    """The survey instrument is not one that is shipped."""

    status, code = 422, "unknown_instrument"
    title_th, title_en = "ไม่รู้จักแบบสำรวจนี้", "Unknown survey instrument"


class EditionExists(Conflict):
    """The source's edition of that year was opened with another instrument."""

    code = "edition_exists"
    title_th, title_en = "มีชุดข้อมูลปีนี้ของแหล่งนี้แล้ว", "The source has an edition of that year"


class EditionClosed(Conflict):
    """The edition is closed for good."""

    code = "edition_closed"
    title_th, title_en = "ชุดข้อมูลปิดแล้ว", "The edition is closed"


class EditionWaiting(Conflict):
    """The edition waits for approval, or does not when it should."""

    code = "edition_awaiting_approval"
    title_th, title_en = "ชุดข้อมูลรอการอนุมัติ", "The edition waits for approval"


class NothingToApprove(Conflict):
    """The edition does not wait for approval."""

    code = "nothing_to_approve"
    title_th, title_en = "ไม่มีรายการรออนุมัติ", "Nothing waits for approval"


class SamePerson(Conflict):
    """Who sent the feed may not approve it."""

    code = "same_person"
    title_th, title_en = "ผู้ส่งข้อมูลอนุมัติเองไม่ได้", "Who sent the feed may not approve it"


class NotImported(Conflict):
    """Nothing of the edition has been imported."""

    code = "feed_edition_not_imported"
    title_th, title_en = "ยังไม่ได้นำเข้าข้อมูล", "Nothing has been imported yet"


class FileRefusal(Refusal):
    """Base of what refuses a file or the feed as a whole."""

    status, code = 422, "file_refused"
    title_th, title_en = "ปฏิเสธไฟล์ทั้งไฟล์", "The file is refused as a whole"


class UnknownFile(FileRefusal):
    """The name is not households, persons, welfare or manifest with a known ending."""

    code = "unknown_file"
    title_th, title_en = "ไม่รู้จักไฟล์ชื่อนี้", "The name is not that of a file of a feed"


class FileEmpty(FileRefusal):
    """The file has no bytes, or no header."""

    code = "empty_file"
    title_th, title_en = "ไฟล์ว่าง", "The file is empty"


class MissingFile(FileRefusal):
    """A file of the edition has not been sent."""

    code = "missing_file"
    title_th, title_en = "ขาดไฟล์", "A file is missing"


class MissingColumn(FileRefusal):
    """A column is missing."""

    code = "missing_column"
    title_th, title_en = "ขาดคอลัมน์", "A column is missing"


class DuplicateColumn(FileRefusal):
    """The header names a column twice."""

    code = "duplicate_column"
    title_th, title_en = "มีคอลัมน์ซ้ำ", "The header names a column twice"


class NotDecodable(FileRefusal):
    """The bytes are text in no encoding that is read."""

    code = "bad_encoding"
    title_th, title_en = "อ่านรหัสอักขระไม่ได้", "The text is neither UTF-8, UTF-16 nor Windows-874"


class Unreadable(FileRefusal):
    """The file is not what its ending says, or is not safe to open."""

    code = "unreadable_file"
    title_th, title_en = "เปิดไฟล์ไม่ได้", "The file cannot be read"


class BadManifest(FileRefusal):
    """The manifest is not what the format says, or of another edition."""

    code = "bad_manifest"
    title_th, title_en = "ไฟล์ manifest ไม่ถูกต้อง", "The manifest is not valid for this edition"


class WrongChecksum(FileRefusal):
    """A file is not the one that the manifest names."""

    code = "wrong_checksum"
    title_th, title_en = "ค่า SHA-256 ไม่ตรง", "The checksum does not match the manifest"


class WrongRowCount(FileRefusal):
    """A file has not as many rows as the manifest says."""

    code = "wrong_row_count"
    title_th, title_en = "จำนวนแถวไม่ตรง", "The number of rows does not match the manifest"


class PullRefused(FileRefusal):
    """The address may not be fetched."""

    code = "address_refused"
    title_th, title_en = "ที่อยู่นี้ไม่อนุญาตให้ดึงข้อมูล", "The address may not be fetched"


_BY_CODE: dict[str, type[FileRefusal]] = {
    "missing_column": MissingColumn,
    "duplicate_column": DuplicateColumn,
    "bad_encoding": NotDecodable,
    "nul_byte": NotDecodable,
    "no_header": FileEmpty,
}


def unreadable(code: str, detail: str, *, file: str) -> FileRefusal:
    """Return the refusal of a file that could not be opened; `detail` names columns at most."""
    kind = _BY_CODE.get(code, Unreadable)
    return kind(f"{file}: {detail or code}", f"{file}: {detail or code}", file=file, reason=code)
