"""Charts as SVG, from plain numbers: no script, no font, no colour that means something by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from funds.documents.words import amount

_WIDTH: Final = 800
_LABEL: Final = 220
_AMOUNT: Final = 130
_BAR: Final = 18
_STEP: Final = 28
_TOP: Final = 64
_COLOURS: Final = ("#1f5c99", "#c46a00", "#4c8a3f")
_PLOT: Final = 260
_GAP: Final = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called and how much it is, in satang."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Series:
    """One line of amounts in satang, one for each place on the axis."""

    name: str
    amounts: Sequence[int]


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Draw bars below each other, the longest as wide as there is room; amounts are written beside them."""
    most = max((row.amount for row in rows), default=0)
    room = _WIDTH - _LABEL - _AMOUNT - 30
    height = _TOP + _STEP * max(len(rows), 1) + 16
    parts = [_text(20, 34, title, size=20, weight="bold")]
    if not rows:
        parts.append(_text(20, _TOP + 14, "ไม่มีข้อมูล"))
    for at, row in enumerate(rows):
        top = _TOP + at * _STEP
        length = max(row.amount, 0)
        width = room * length // most if most else 0
        parts.append(_text(_LABEL - 8, top + 14, _short(row.label), anchor="end"))
        parts.append(
            f'<rect x="{_LABEL}" y="{top}" width="{width}" height="{_BAR}" fill="{_COLOURS[0]}">'
            f"<title>{escape(row.label)}: {amount(row.amount)}</title></rect>"
        )
        parts.append(_text(_LABEL + width + 6, top + 14, amount(row.amount)))
    return _svg(title, height, parts)


def columns(title: str, places: Sequence[str], series: Sequence[Series]) -> str:
    """Draw columns side by side for each place of the axis (a fiscal year), with a legend."""
    most = max((one for line in series for one in line.amounts), default=0)
    bottom = _TOP + 30 + _PLOT
    span = (_WIDTH - 40) // max(len(places), 1)
    width = max((span - _GAP) // max(len(series), 1), 2)
    parts = [_text(20, 34, title, size=20, weight="bold")]
    for number, one in enumerate(series):
        left, colour = 20 + number * 200, _COLOURS[number % len(_COLOURS)]
        parts.append(f'<rect x="{left}" y="52" width="14" height="14" fill="{colour}"/>')
        parts.append(_text(left + 20, 64, one.name))
        for at, high in enumerate(one.amounts):
            height = _PLOT * max(high, 0) // most if most else 0
            x = 20 + at * span + _GAP // 2 + number * width
            parts.append(
                f'<rect x="{x}" y="{bottom - height}" width="{width}" height="{height}" fill="{colour}">'
                f"<title>{escape(one.name)} {escape(places[at])}: {amount(high)}</title></rect>"
            )
    parts.append(f'<line x1="20" y1="{bottom}" x2="{_WIDTH - 20}" y2="{bottom}" stroke="#333"/>')
    for at, place in enumerate(places):
        parts.append(_text(20 + at * span + span // 2, bottom + 20, place, anchor="middle"))
    return _svg(title, bottom + 40, parts)


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}" '
        f'font-family="Sarabun, sans-serif" font-size="14"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _text(x: int, y: int, text: str, *, size: int = 14, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
        f'fill="#222">{escape(text)}</text>'
    )


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:27] + "…"  # noqa: PLR2004  # what the label's room takes
