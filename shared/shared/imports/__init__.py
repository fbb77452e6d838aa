"""Bulk files in: encoding found, tables read in batches. Formula-safe CSV out.

`read_table(file, name=...)` is the way in for CSV and XLSX.
Everything here is synchronous and reads a local, seekable file: call it from a thread or a worker.
"""

from shared.imports.csv_out import csv_chunks, formula_safe
from shared.imports.encoding import Encoding, detect_encoding
from shared.imports.limits import Limits, UnreadableFile
from shared.imports.tables import Batch, Misfit, Table, format_of, read_table

__all__ = [
    "Batch",
    "Encoding",
    "Limits",
    "Misfit",
    "Table",
    "UnreadableFile",
    "csv_chunks",
    "detect_encoding",
    "format_of",
    "formula_safe",
    "read_table",
]
