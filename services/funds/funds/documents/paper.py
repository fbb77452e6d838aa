"""A4 pages with shaped Thai: paragraphs, fields, tables, signatures (docs/adr/0010-thai-pdf.md).

Every piece of text is marked with what it says (ActualText), so that copying and searching give it back
whatever the shaping did; readers that do not know the mark get the same letters from the font's own table.
"""

import gc
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, partial
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:  # loading it takes a while, which only who makes a paper waits for
    from fpdf import FPDF

_FAMILY: Final = "Sarabun"
_SIZE: Final = 13.0
_LINE: Final = 7.0  # mm
_MARGIN: Final = 22.0
_BOTTOM: Final = 18.0
_PAD: Final = 1.5
_BLANK: Final = "." * 52
_SPACES: Final = re.compile(r"\s+")
_LETTERS: Final = re.compile("[เแโใไ]?.[ะาำัิีึืฺุู็่้๊๋์ํ๎]*")
"""A letter with all that stands before, above, below and behind it."""

Align = Literal["L", "C", "R"]


class _Nothing(int):
    """The code of a glyph that stands for no letter of its own: the second half of a shaped ำ."""

    def __format__(self, _spec: str) -> str:
        return ""


def write(sheet: "FPDF", text: str, *, width: float, height: float = _LINE, align: Align = "L") -> None:
    """Write a line of text where the pen is, and move the pen to its right."""
    marked = text.encode("utf-16-be").hex().upper()
    sheet._out(f"/Span <</ActualText <FEFF{marked}>>> BDC")  # noqa: SLF001  # fpdf2 has no public way
    sheet.cell(width, height, text, align=align)
    sheet._out("EMC")  # noqa: SLF001


def _number_page(sheet: "FPDF", title: str) -> None:
    """Write at the foot of a page which paper it is of, so that none can be put into another."""
    sheet.set_y(-_BOTTOM + 4)
    sheet.set_font(_FAMILY, "", 10)
    text = f"{title} หน้า {sheet.page_no()}"
    sheet.set_stretching(min(100 * sheet.epw / sheet.get_string_width(text), 100))
    write(sheet, text, width=0, align="C")
    sheet.set_stretching(100)


class Paper:
    """A paper that is being written from top to bottom."""

    def __init__(self, title: str, *, made_on: date, wide: bool = False) -> None:
        """Begin the first page, upright or `wide`; the same facts make the same bytes: the day is given."""
        self._sheet = _pages()("landscape" if wide else "portrait", format="A4")
        self._sheet.footer = partial(_number_page, self._sheet, title)  # type: ignore[method-assign]  # at each page's end
        with as_file(files("funds.documents").joinpath("fonts")) as fonts:
            self._sheet.add_font(_FAMILY, "", fonts / "Sarabun-Regular.ttf")
            self._sheet.add_font(_FAMILY, "B", fonts / "Sarabun-Bold.ttf")
        self._sheet.set_text_shaping(use_shaping_engine=True, script="thai", language="tha")
        self._sheet.set_creation_date(datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC))
        self._sheet.set_title(title)
        self._sheet.set_lang("th")
        self._sheet.set_margins(_MARGIN, 20, _MARGIN)
        self._sheet.set_auto_page_break(auto=False)
        self._sheet.add_page()
        self._widths: dict[tuple[str, str, float], float] = {}

    def heading(self, text: str, *, size: float = 18) -> None:
        """Write a centred heading, a long one on several lines."""
        self._font(bold=True, size=size)
        for line in list(self._broken(text, self._sheet.epw)):
            self._room(size * 0.55)
            self._font(bold=True, size=size)
            write(self._sheet, line, width=0, height=size * 0.55, align="C")
            self._sheet.ln(size * 0.55)

    def line(self, text: str, *, align: Align = "L", bold: bool = False, with_next: float = 0) -> None:
        """Write a line, a long one as several; it stays with so many millimetres of what follows."""
        self._room(_LINE + with_next)
        self._font(bold=bold)
        for part in list(self._broken(text, self._sheet.epw)):
            self._room(_LINE)
            self._font(bold=bold)
            write(self._sheet, part, width=0, align=align)
            self._sheet.ln(_LINE)

    def paragraph(self, text: str, *, indent: float = 12, bold: bool = False) -> None:
        """Write a text of several lines, broken between Thai words."""
        self._font(bold=bold)
        first = True
        for line in self._broken(text, self._sheet.epw, first=self._sheet.epw - indent):
            self._room(_LINE)
            self._font(bold=bold)
            self._sheet.set_x(_MARGIN + (indent if first else 0))
            write(self._sheet, line, width=0)
            self._sheet.ln(_LINE)
            first = False

    def fields(self, pairs: Sequence[tuple[str, str]], *, label: float = 48) -> None:
        """Write names and values beside each other; a value of several lines hangs."""
        for name, value in pairs:
            self._font()
            lines = list(self._broken(value, self._sheet.epw - label)) or [""]
            self._room(_LINE * len(lines))
            self._font(bold=True)
            write(self._sheet, name, width=label)
            self._font()
            for line in lines:
                self._sheet.set_x(_MARGIN + label)
                write(self._sheet, line, width=0)
                self._sheet.ln(_LINE)

    def table(
        self, headings: Sequence[str], rows: Sequence[Sequence[str]], *, widths: Sequence[float], align: str
    ) -> None:
        """Draw a table; `widths` are parts of the page's width, `align` a letter (L, C, R) for each column.

        Headings come again on each page and never stand alone; a row stays on one. An amount (R) that is too
        wide for its column is written narrower, never on two lines.
        """
        unit = self._sheet.epw / sum(widths)
        spans = [width * unit for width in widths]
        centred = "C" * len(spans)
        self._font(bold=True)
        first = self._height(rows[0], spans, align) if rows else 0
        self._room(self._height(headings, spans, centred) + first)
        self._row(headings, spans, centred, bold=True)
        for row in rows:
            self._font()
            if self._left() < self._height(row, spans, align):
                self._sheet.add_page()
                self._row(headings, spans, centred, bold=True)
            self._row(row, spans, align)
        self.space(_LINE / 2)

    def signatures(self, signers: Sequence[tuple[str, str]]) -> None:
        """Draw places to sign, two beside each other, a single one on the right.

        Each is a name (or dots) and what she signs as.
        """
        half = self._sheet.epw / 2
        for at in range(0, len(signers), 2):
            self._font()
            pair = [
                [f"ลงชื่อ {_BLANK[:40]}", *self._broken(f"({name or _BLANK[:40]})", half - 2 * _PAD), role]
                for name, role in signers[at : at + 2]
            ]
            lines = max(map(len, pair))
            self._room(_LINE * (lines + 1))
            top = self._sheet.get_y() + _LINE
            for column, texts in enumerate(pair, start=len(signers) == 1):
                for step, text in enumerate(texts):
                    self._font()
                    self._sheet.set_xy(_MARGIN + half * column, top + _LINE * step)
                    write(self._sheet, text, width=half, align="C")
            self._sheet.set_xy(_MARGIN, top + _LINE * lines)

    def across(self, text: str) -> None:
        """Write a word across the page: what the paper is not any more."""
        at = (self._sheet.get_x(), self._sheet.get_y())
        self._sheet.set_font(_FAMILY, "B", 60)
        self._sheet.set_text_color(200)
        with self._sheet.rotation(35, self._sheet.w / 2, self._sheet.h / 2):
            self._sheet.set_xy(_MARGIN, self._sheet.h / 2)
            write(self._sheet, text, width=0, height=20, align="C")
        self._sheet.set_text_color(0)
        self._sheet.set_xy(*at)

    def space(self, height: float = _LINE) -> None:
        """Leave some room."""
        self._sheet.ln(height)

    def done(self) -> bytes:
        """Return the PDF."""
        from fpdf.fonts import TTFFont  # noqa: PLC0415  # see above

        for font in self._sheet.fonts.values():
            shaped = dict(font.subset.items()) if isinstance(font, TTFFont) else {}
            for glyph in shaped:
                if glyph is not None and glyph.unicode == ():
                    glyph.unicode = (_Nothing(),)
        return bytes(self._sheet.output())

    def _font(self, *, bold: bool = False, size: float = _SIZE) -> None:
        self._sheet.set_font(_FAMILY, "B" if bold else "", size)

    def _left(self) -> float:
        return self._sheet.h - _BOTTOM - self._sheet.get_y()

    def _room(self, height: float) -> None:
        if self._left() < height:
            self._sheet.add_page()

    def _row(self, cells: Sequence[str], spans: Sequence[float], align: str, *, bold: bool = False) -> None:
        self._font(bold=bold, size=11)
        height = self._height(cells, spans, align)
        self._room(height)
        left, top = _MARGIN, self._sheet.get_y()
        for cell, span, side in zip(cells, spans, align, strict=True):
            self._sheet.rect(left, top, span, height)
            room = span - 2 * _PAD
            for step, line in enumerate(self._lines(cell, room, side)):
                self._sheet.set_xy(left + _PAD, top + step * 6)
                self._sheet.set_stretching(min(100 * room / max(self._width(line), 1), 100))
                place: Align = "C" if side == "C" else "R" if side == "R" else "L"
                write(self._sheet, line, width=room, height=6, align=place)
            left += span
        self._sheet.set_stretching(100)
        self._sheet.set_xy(_MARGIN, top + height)

    def _lines(self, cell: str, room: float, side: str) -> list[str]:
        return [cell] if side == "R" else list(self._broken(cell, room))

    def _height(self, cells: Sequence[str], spans: Sequence[float], align: str) -> float:
        self._sheet.set_font_size(11)
        lines = [
            len(self._lines(cell, span - 2 * _PAD, side))
            for cell, span, side in zip(cells, spans, align, strict=True)
        ]
        return 6.0 * max(1, *lines) + 1

    def _broken(self, text: str, width: float, *, first: float | None = None) -> Iterator[str]:
        """Yield the lines of a text that fits a width, the first one another.

        A word wider than a line (a long number) is cut between its letters.
        """
        line, used, most = "", 0.0, width if first is None else first
        for word in self._fitting(words(text), min(width, most)):
            taken = self._width(word)
            if line and used + taken > most and word.strip():
                yield line.rstrip()
                line, used, most = "", 0.0, width
                word = word.lstrip()  # noqa: PLW2901  # a line does not begin with a blank
            line += word
            used += taken
        if line.strip():
            yield line.rstrip()

    def _fitting(self, cut: Sequence[str], width: float) -> Iterator[str]:
        for word in cut:
            if self._width(word.rstrip()) <= width:
                yield word
            else:
                yield from _LETTERS.findall(word)

    def _width(self, word: str) -> float:
        sheet = self._sheet
        key = (word, sheet.font_style, sheet.font_size_pt)
        if key not in self._widths:
            self._widths[key] = sheet.get_string_width(word)
        return self._widths[key]


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no garbage be looked for while much is loaded that stays: the first paper comes sooner so."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@cache
def _pages() -> "type[FPDF]":
    """Return what makes pages; the first call loads it (0.2 s)."""
    with _uncollected():
        from fpdf import FPDF  # noqa: PLC0415  # only who makes a paper waits for it
    return FPDF


@cache
def _cutter() -> Callable[..., list[str]]:
    """Return what cuts Thai into words; the first call loads its dictionary (0.2 s, 75 MB)."""
    with _uncollected():
        from pythainlp.tokenize import word_tokenize  # noqa: PLC0415  # likewise

        word_tokenize("คำ", engine="newmm")
    return word_tokenize


@cache
def words(text: str) -> tuple[str, ...]:
    """Cut a Thai text where a line may end; blanks belong to the word before them."""
    cut: list[str] = []
    for word in _cutter()(_SPACES.sub(" ", text), engine="newmm", keep_whitespace=True):
        if cut and not word.strip():
            cut[-1] += word
        else:
            cut.append(word)
    return tuple(cut)
