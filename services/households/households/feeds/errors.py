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
    detail_th = "เลือกแบบสำรวจจาก /v1/instruments/households"
    detail_en = "Choose an instrument from /v1/instruments/households"


class EditionExists(Conflict):
    """The source's edition of that year was opened with another instrument."""

    code = "edition_exists"
    title_th, title_en = "มีชุดข้อมูลปีนี้ของแหล่งนี้แล้ว", "The source has an edition of that year"
    detail_th = "ส่งไฟล์เข้าชุดข้อมูลเดิมของปีนี้"
    detail_en = "Send the files to the edition that is there"


class EditionClosed(Conflict):
    """The edition is closed for good."""

    code = "edition_closed"
    title_th, title_en = "ชุดข้อมูลปิดแล้ว", "The edition is closed"
    detail_th = "เปิดชุดข้อมูลของปีถัดไป"
    detail_en = "Open the next year's edition"


class EditionWaiting(Conflict):
    """The edition waits for approval, or does not when it should."""

    code = "edition_awaiting_approval"
    title_th, title_en = "ชุดข้อมูลรอการอนุมัติ", "The edition waits for approval"
    detail_th = "ให้ผู้มีสิทธิ์อนุมัติหรือไม่อนุมัติก่อน"
    detail_en = "Have it approved or rejected first"


class NothingToApprove(Conflict):
    """The edition does not wait for approval."""

    code = "nothing_to_approve"
    title_th, title_en = "ไม่มีรายการรออนุมัติ", "Nothing waits for approval"
    detail_th = "อ่านสถานะของชุดข้อมูลก่อน"
    detail_en = "Read where the edition stands first"


class SamePerson(Conflict):
    """Who sent the feed may not approve it."""

    code = "same_person"
    title_th, title_en = "ผู้ส่งข้อมูลอนุมัติเองไม่ได้", "Who sent the feed may not approve it"
    detail_th = "ให้ผู้อื่นที่ไม่ได้ส่งข้อมูลเป็นผู้อนุมัติ"
    detail_en = "Let somebody approve who did not send it"


class NotImported(Conflict):
    """Nothing of the edition has been imported."""

    code = "feed_edition_not_imported"
    title_th, title_en = "ยังไม่ได้นำเข้าข้อมูล", "Nothing has been imported yet"
    detail_th = "นำเข้าข้อมูลก่อน"
    detail_en = "Import the edition first"


class FileRefusal(Refusal):
    """Base of what refuses a file or the feed as a whole."""

    status, code = 422, "file_refused"
    title_th, title_en = "ปฏิเสธไฟล์ทั้งไฟล์", "The file is refused as a whole"
    detail_th = "แก้ไฟล์แล้วส่งใหม่"
    detail_en = "Correct the file and send it again"


class UnknownFile(FileRefusal):
    """The name is not households, persons, welfare or manifest with a known ending."""

    code = "unknown_file"
    title_th, title_en = "ไม่รู้จักไฟล์ชื่อนี้", "The name is not that of a file of a feed"
    detail_th = "ตั้งชื่อไฟล์ว่า households persons welfare หรือ manifest ตามด้วยนามสกุลที่รับ"
    detail_en = "Name it households, persons, welfare or manifest with a known ending"


class FileEmpty(FileRefusal):
    """The file has no bytes, or no header."""

    code = "empty_file"
    title_th, title_en = "ไฟล์ว่าง", "The file is empty"
    detail_th = "ส่งไฟล์ที่มีหัวตารางและข้อมูล"
    detail_en = "Send a file with a header and rows"


class MissingFile(FileRefusal):
    """A file of the edition has not been sent."""

    code = "missing_file"
    title_th, title_en = "ขาดไฟล์", "A file is missing"
    detail_th = "ส่งไฟล์ที่ขาดก่อนนำเข้า"
    detail_en = "Send the missing file before the import"


class MissingColumn(FileRefusal):
    """A column is missing."""

    code = "missing_column"
    title_th, title_en = "ขาดคอลัมน์", "A column is missing"
    detail_th = "เพิ่มคอลัมน์ที่ขาด"
    detail_en = "Add the missing column"


class DuplicateColumn(FileRefusal):
    """The header names a column twice."""

    code = "duplicate_column"
    title_th, title_en = "มีคอลัมน์ซ้ำ", "The header names a column twice"
    detail_th = "ลบหรือเปลี่ยนชื่อคอลัมน์ที่ซ้ำ"
    detail_en = "Take out or rename the column that is there twice"


class NotDecodable(FileRefusal):
    """The bytes are text in no encoding that is read."""

    code = "bad_encoding"
    title_th, title_en = "อ่านรหัสอักขระไม่ได้", "The text is neither UTF-8, UTF-16 nor Windows-874"
    detail_th = "บันทึกไฟล์เป็น UTF-8 แล้วส่งใหม่"
    detail_en = "Save the file as UTF-8 and send it again"


class Unreadable(FileRefusal):
    """The file is not what its ending says, or is not safe to open."""

    code = "unreadable_file"
    title_th, title_en = "เปิดไฟล์ไม่ได้", "The file cannot be read"
    detail_th = "ตรวจนามสกุลไฟล์และบันทึกใหม่"
    detail_en = "Check the file's ending and save it again"


class BadManifest(FileRefusal):
    """The manifest is not what the format says, or of another edition."""

    code = "bad_manifest"
    title_th, title_en = "ไฟล์ manifest ไม่ถูกต้อง", "The manifest is not valid for this edition"
    detail_th = "ตรวจแหล่งข้อมูล ปี และรายการไฟล์ใน manifest"
    detail_en = "Check the source, the year and the files in the manifest"


class WrongChecksum(FileRefusal):
    """A file is not the one that the manifest names."""

    code = "wrong_checksum"
    title_th, title_en = "ค่า SHA-256 ไม่ตรง", "The checksum does not match the manifest"
    detail_th = "ส่งไฟล์ที่ manifest ระบุ หรือสร้าง manifest ใหม่"
    detail_en = "Send the file that the manifest names, or make the manifest anew"


class WrongRowCount(FileRefusal):
    """A file has not as many rows as the manifest says."""

    code = "wrong_row_count"
    title_th, title_en = "จำนวนแถวไม่ตรง", "The number of rows does not match the manifest"
    detail_th = "ส่งไฟล์ให้ครบ หรือสร้าง manifest ใหม่"
    detail_en = "Send the whole file, or make the manifest anew"


class PullRefused(FileRefusal):
    """The address may not be fetched."""

    code = "address_refused"
    title_th, title_en = "ที่อยู่นี้ไม่อนุญาตให้ดึงข้อมูล", "The address may not be fetched"
    detail_th = "ใช้ที่อยู่ https สาธารณะ"
    detail_en = "Use a public https address"


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
