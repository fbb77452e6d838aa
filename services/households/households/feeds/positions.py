"""Where a staged row came from: pieces of files, and lines inside them.

A staged row carries one number, its position: the number of its piece and its line in that piece. Rising
positions are the order of arrival, by which the first of duplicates is told.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from households.feeds.opening import Opened
from households.feeds.parsing import KEY_BYTES
from households.feeds.rules import FileKind

PIECE_BYTES: Final = 4 * 1024 * 1024
_LINE_BITS: Final = 32
_LINES: Final = (1 << _LINE_BITS) - 1
_LONGEST_LINE: Final = 1024 * 1024
_MOST_KEYS: Final = 4_000_000


@dataclass(slots=True)
class Source:
    """A piece of a file: its place, how many lines it turned out to have, and the number of the first.

    `line_numbers` are those of held rows, which are read again from the database: each knows its own.
    """

    kind: FileKind
    file_id: UUID
    file: Opened
    start: int
    end: int
    lines: int = 0
    first_line: int = 1
    line_numbers: Sequence[int] | None = None


@dataclass(slots=True)
class Sources:
    """All pieces of an import, by number."""

    pieces: list[Source] = field(default_factory=list)

    def add(self, source: Source) -> int:
        """Add a piece and return the position of its first line."""
        self.pieces.append(source)
        return (len(self.pieces) - 1) << _LINE_BITS

    def of(self, position: int) -> tuple[Source, int]:
        """Return the piece of a position and the line in it, counted from 0."""
        return self.pieces[position >> _LINE_BITS], position & _LINES

    def place(self, position: int) -> tuple[UUID, int]:
        """Return file and line of a position; 1 is the first data line."""
        source, line = self.of(position)
        if source.line_numbers is not None:
            return source.file_id, source.line_numbers[line]
        return source.file_id, source.first_line + line

    def number_lines(self, kind: FileKind) -> None:
        """Number the lines of a file's pieces, now that each one's count is known."""
        line = 1
        for piece in self.pieces:
            if piece.kind == kind and piece.line_numbers is None:
                piece.first_line = line
                line += piece.lines


def cut(file: Opened) -> Iterator[tuple[int, int]]:
    """Yield pieces of a file that end where a line does."""
    start = file.start
    with file.path.open("rb") as opened:
        while start < file.end:
            end = min(start + PIECE_BYTES, file.end)
            if end < file.end:
                opened.seek(end - 1)
                end += len(opened.readline(_LONGEST_LINE)) - 1
            yield start, end
            start = end


class Seen:
    """Which of the rows that an edition holds came again unchanged, and where."""

    def __init__(self, count: int) -> None:
        self._at = array("q", [-1]) * count
        self.twice: list[int] = []
        """Positions of rows that stood in the file before."""

    def note(self, places: Sequence[int], lines: Sequence[int], start: int) -> None:
        """Note known rows at lines of the piece whose first line has the position `start`."""
        at = self._at
        for place, line in zip(places, lines, strict=True):
            before = at[place]
            if before < 0:
                at[place] = start + line
            else:
                self.twice.append(max(before, start + line))
                at[place] = min(before, start + line)

    def position(self, place: int) -> int:
        """Return where a known row came again, -1 if it did not."""
        return self._at[place]


class Keys:
    """Whether a person may have come twice: by the beginnings of blind indexes, a hundred bytes each.

    Beyond a few million rows the database looks instead.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._count = 0

    def add(self, keys: bytes) -> None:
        """Add the keys of a piece."""
        found = [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]
        self._count += len(found)
        if self._count <= _MOST_KEYS:
            self._seen.update(found)
        else:
            self._seen.clear()

    @property
    def doubtful(self) -> bool:
        """Tell whether some key came twice, or there were too many to know."""
        return len(self._seen) != self._count
