"""Cells that a reader takes for empty although something stands there, so that they are told.

A spreadsheet program writes the value of a formula beside it, a program that only writes files does not; and
what comes out of a formula may be an error.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.etree import ElementTree as ET

_CELL: Final = re.compile(
    rb'<c ([^>]*?r="([A-Z]{1,3}[0-9]{1,7})"(?:[^>]*[^/>])?)>(.{0,16384}?)</c>', re.DOTALL
)
_VALUE: Final = re.compile(rb"<v>[^<]")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def unread(file: BinaryIO) -> dict[tuple[str, str], str]:
    """Return such cells by sheet and address, with what is wrong; the file was checked to be a workbook."""
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        return {
            (sheet, cell): code
            for sheet, part in _parts(archive)
            for cell, code in _unread_of(archive.read(part))
        }


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the sheets by name, each with the part of the archive that holds it."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    # No document type and no entity: `check_workbook` has refused those.
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    for sheet in book.iter(f"{_MAIN}sheet"):
        part = posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_LINK), ""))).lstrip("/")
        if part in names:
            yield sheet.get("name", ""), part


def _unread_of(content: bytes) -> Iterator[tuple[str, str]]:
    if b"<f" not in content and b't="e"' not in content:
        return
    for about, cell, inside in _CELL.findall(content):
        if b't="e"' in about:
            yield cell.decode(), "cell_error"
        elif b"<f" in inside and not _VALUE.search(inside):
            yield cell.decode(), "not_calculated"
