"""The encoding of a text file, found from its bytes: what a file says about itself is often wrong."""

import codecs
import re
from typing import BinaryIO, Final, Literal

from shared.imports.limits import MIB, UnreadableFile

Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp874"]

_SAMPLE: Final = 4096
_UTF16_ZEROS: Final = 0.3  # share of zero bytes on one side that ASCII in UTF-16 has at least
_HIGH: Final = 0x80
_THAI_SHARE: Final = 0.95
_MISPLACED: Final = re.compile(rb"(?<![\xa1-\xfb])[\xd1\xd4-\xda\xe7-\xee]")


def detect_encoding(file: BinaryIO) -> Encoding:
    """Find the encoding and leave the file at its beginning.

    UTF-8 must hold for the whole file; if it does not, the bytes must be nearly all Thai letters of
    Windows-874 (TIS-620 and its Windows extension). UnreadableFile `bad_encoding`, or `nul_byte`.
    """
    file.seek(0)
    sample = file.read(_SAMPLE)
    file.seek(0)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (guess := _utf16_without_bom(sample)) is not None:
        return guess
    try:
        if _is_utf8(file):
            return "utf-8-sig" if sample.startswith(codecs.BOM_UTF8) else "utf-8"
        if _is_thai_single_byte(file):
            return "cp874"
    finally:
        file.seek(0)
    raise UnreadableFile("bad_encoding", "neither UTF-8, UTF-16 nor Windows-874")


def _utf16_without_bom(sample: bytes) -> Encoding | None:
    half = len(sample) // 2
    if half == 0:
        return None
    if sample[1::2].count(0) > half * _UTF16_ZEROS and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if sample[0::2].count(0) > half * _UTF16_ZEROS and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(MIB):
            if b"\0" in chunk:
                raise UnreadableFile("nul_byte", "a text file holds no NUL")
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_thai_single_byte(file: BinaryIO) -> bool:
    """Tell whether the bytes above ASCII are Thai letters, and marks stand only after Thai letters.

    The second distinguishes Thai from Latin-1, whose accented letters have the numbers of Thai marks.
    """
    thai = bytes([*range(0xA1, 0xDB), *range(0xDF, 0xFC)])  # Windows-874
    ascii_bytes = bytes(range(_HIGH))
    high = letters = misplaced = 0
    file.seek(0)
    while chunk := file.read(MIB):
        above = chunk.translate(None, ascii_bytes)
        high += len(above)
        letters += len(above) - len(above.translate(None, thai))
        misplaced += len(_MISPLACED.findall(chunk))
        try:
            chunk.decode("cp874")
        except UnicodeDecodeError:
            return False
    return high > 0 and letters - misplaced >= high * _THAI_SHARE
