"""The process that reads, spoken to over its standard streams.

A process of its own and not a fork: the service's process is large and full of threads and sockets, this one
needs a few modules and its memos. It ends when its input does, so it never outlives the service.
"""

import gc
import mmap
import pickle
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from households.feeds.opening import Opened, Unreadable, open_file, read_lines
from households.feeds.parsing import Context, Layout, Piece, columns_of
from households.feeds.readers import READERS, Reader
from households.feeds.rules import FileKind
from households.poverty import instruments
from shared.citizen import load_keys
from shared.thai import phonetic_key

LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Begin:
    """What every later message is read against."""

    edition_year: int
    instrument: str
    today: date
    income_line: int
    low_income: int
    tambons: frozenset[str]
    areas: tuple[str, ...]
    secrets_folder: Path


@dataclass(frozen=True, slots=True)
class Open:
    """Make a file ready; answered by Opened or Unreadable."""

    kind: FileKind
    path: Path
    name: str
    scratch: Path


@dataclass(frozen=True, slots=True)
class Parse:
    """Read a piece of a file; answered by Piece. `known` is a file of sorted row hashes."""

    kind: FileKind
    file: Opened
    start: int
    end: int
    position: int
    known: Path | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Give back lines of a piece by their numbers in it; answered by a list."""

    file: Opened
    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sounds:
    """Say how names sound, by their search keys; answered by a list."""

    keys: tuple[str, ...]


Message = Begin | Open | Parse | Lines | Sounds


class _Desk:
    """Answers messages; keeps readers with their memos between pieces."""

    def __init__(self) -> None:
        self._context: Context | None = None
        self._readers: dict[tuple[FileKind, Path], Reader] = {}
        self._known: dict[Path, Sequence[int]] = {}

    def answer(self, message: Message) -> Any:
        if isinstance(message, Begin):
            self._context = _context(message)
            return None
        if isinstance(message, Sounds):
            return [phonetic_key(key) for key in message.keys]
        assert self._context is not None  # noqa: S101  # Begin comes first
        if isinstance(message, Open):
            columns = columns_of(message.kind, self._context.instrument)
            return open_file(message.path, message.name, columns, message.scratch)
        lines = read_lines(message.file.path, message.start, message.end)
        if isinstance(message, Lines):
            return [lines[number] for number in message.numbers]
        return self._parse(message, lines, self._context)

    def _parse(self, message: Parse, lines: list[bytes], context: Context) -> Piece:
        place = (message.kind, message.file.path)
        if place not in self._readers:
            wanted = columns_of(message.kind, context.instrument)
            layout = Layout(message.file.header, wanted, message.file.separator)
            self._readers[place] = READERS[message.kind](context, layout)
        known = self._hashes(message.known) if message.known else ()
        return self._readers[place](lines, position=message.position, known=known)

    def _hashes(self, path: Path) -> Sequence[int]:
        if path not in self._known:
            with path.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._known[path] = memoryview(mapped).cast("Q")
        return self._known[path]


def _context(begin: Begin) -> Context:
    keys = load_keys(begin.secrets_folder)
    return Context(
        edition_year=begin.edition_year,
        instrument=instruments.shipped()[begin.instrument],
        today=begin.today,
        income_line=begin.income_line * 100,
        low_income=begin.low_income * 100,
        tambons=begin.tambons,
        areas=begin.areas,
        keys=keys,
        hash_key=keys.index.hasher()(b"feed rows"),
    )


def write_known(path: Path, hashes: Sequence[int]) -> None:
    """Write sorted row hashes where the processes can share them."""
    path.write_bytes(array("Q", hashes).tobytes())


def send(stream: BinaryIO, value: Any) -> None:
    """Write a value with its length before it."""
    data = pickle.dumps(value, protocol=5)
    stream.write(len(data).to_bytes(LENGTH, "big"))
    stream.write(data)
    stream.flush()


def serve(source: BinaryIO, target: BinaryIO, answer: Callable[[Message], Any]) -> None:
    """Answer messages until the input ends; an error is answered by its kind, never with its data."""
    while head := source.read(LENGTH):
        message = pickle.loads(source.read(int.from_bytes(head, "big")))  # noqa: S301  # from our parent alone
        try:
            send(target, (True, answer(message)))
        except Unreadable as refused:
            send(target, (False, (refused.code, refused.detail)))
        except Exception as error:  # noqa: BLE001  # told to the parent, which raises it
            what = f"{type(error).__name__} in {type(message).__name__}: {_where(error)}"
            send(target, (False, (None, what)))


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""


def main() -> None:
    """Serve the parent until it closes our input."""
    gc.disable()  # nothing here is made in cycles, and looking for them costs a fifth of the time
    serve(sys.stdin.buffer, sys.stdout.buffer, _Desk().answer)
