"""What a file may cost before it is opened, and the one error for a file that is refused whole."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes; `ratio` is unpacked to packed, beyond which an archive is taken for a bomb.

    `sheet_unpacked` bounds a workbook and a Parquet row group, which are held in memory.
    """

    entries: int = 1_000
    unpacked: int = 8 * 1024 * MIB
    ratio: int = 200
    columns: int = 500
    rows: int = 50_000_000
    cell: int = 128 * 1024
    line: int = 1 * MIB
    sheet_unpacked: int = 512 * MIB


class UnreadableFile(Exception):  # noqa: N818  # named after the fact
    """The file cannot be taken as a whole; `code` is stable, `detail` names what was found."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
