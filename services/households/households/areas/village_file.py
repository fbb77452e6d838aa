"""Villages out of a CSV or XLSX file, as they come in JSON."""

from typing import BinaryIO

from pydantic import ValidationError

from households.areas.errors import UnreadableVillages
from households.areas.schemas import NewVillage, NewVillages
from shared import problems
from shared.errors import FieldError, InvalidRequest
from shared.imports import Limits, UnreadableFile, read_table

_COLUMNS = frozenset(NewVillage.model_fields)
_NEEDED = frozenset({"code", "name_th"})
_LIMITS = Limits(rows=1_000, columns=len(_COLUMNS), sheet_unpacked=16 << 20)


def read(file: BinaryIO, *, name: str) -> NewVillages:
    """Return a file's villages; an empty cell is a fact not known.

    Raises UnreadableVillages for the whole file, InvalidRequest for its rows: `/villages/0` is the first row
    below the header.
    """
    try:
        table = read_table(file, name=name, limits=_LIMITS)
        if not _NEEDED <= set(table.header) <= _COLUMNS:
            raise UnreadableVillages(
                "คอลัมน์ต้องเป็น code, name_th และ name_en, lat, lon ถ้ามี",
                "Columns are code, name_th and, where known, name_en, lat, lon",
            )
        batches = list(table.batches)
    except UnreadableFile as error:
        raise UnreadableVillages(f"อ่านไฟล์ไม่ได้: {error.code}", f"Cannot be read: {error.code}") from None
    misfits = [
        FieldError(
            f"/villages/{misfit.line - 1}", misfit.code, "จำนวนคอลัมน์ไม่ตรง", "has not the header's columns"
        )
        for batch in batches
        for misfit in batch.misfits
    ]
    if misfits:
        raise InvalidRequest(errors=misfits)
    rows = [
        {column: value for column, value in zip(table.header, row, strict=True) if value and value.strip()}
        for batch in batches
        for row in batch.rows
    ]
    try:
        return NewVillages.model_validate({"villages": rows})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        located = [{**one, "loc": ("body", *one["loc"])} for one in found]
        raise InvalidRequest(errors=problems.field_errors(located)) from None
