"""The edition's files in the form asked for, and the manifest over them."""

import csv
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, Final, Literal

import orjson
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from openpyxl import Workbook

from tools.demo_data.columns import FILES

Form = Literal["csv", "ndjson", "xlsx", "parquet", "zip"]

_STAMP: Final = (2022, 1, 1, 0, 0, 0)  # the same bytes whenever it is made


def finish(folder: Path, *, year: int, form: Form) -> None:
    """Turn the folder's CSV files into the form and write manifest.json (in a ZIP: inside it)."""
    rows = {f"{name}.csv": _rows(folder / f"{name}.csv") for name in FILES}
    if form in {"ndjson", "xlsx", "parquet"}:
        for name in FILES:
            source = folder / f"{name}.csv"
            target = source.with_suffix(f".{form}")
            _CONVERT[form](source, target)
            rows[target.name] = rows.pop(source.name)
            source.unlink()
    manifest = {
        "source": "TPMAP-like",
        "edition_year": year,
        "instrument": "JPT_2560_2564",
        "files": {name: {"rows": number, "sha256": _sha256(folder / name)} for name, number in rows.items()},
    }
    write_json(folder / "manifest.json", manifest)
    if form == "zip":
        _pack(folder, ["manifest.json", *rows])


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON file as the reference editions have it: one blank of indent, Thai as it is."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")


def _rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ndjson(source: Path, target: Path) -> None:
    with source.open(encoding="utf-8", newline="") as rows, target.open("wb") as out:
        out.writelines(orjson.dumps(row) + b"\n" for row in csv.DictReader(rows))


def _xlsx(source: Path, target: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    with source.open(encoding="utf-8", newline="") as rows:
        for row in csv.reader(rows):
            sheet.append(row)
    book.save(target)


def _parquet(source: Path, target: Path) -> None:
    columns = dict.fromkeys(FILES[source.stem], pa.string())
    options = pa_csv.ConvertOptions(column_types=columns, strings_can_be_null=False)
    pq.write_table(pa_csv.read_csv(source, convert_options=options), target, compression="zstd")


def _pack(folder: Path, names: list[str]) -> None:
    with zipfile.ZipFile(folder / "edition.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (folder / name).read_bytes(), compresslevel=6)
            (folder / name).unlink()


_CONVERT: Final = {"ndjson": _ndjson, "xlsx": _xlsx, "parquet": _parquet}
