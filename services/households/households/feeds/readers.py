"""The three readers, one for each file of a feed. Their inner loops are written for speed."""

import struct
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from households.feeds import rules, wire
from households.feeds.parsing import (
    KEY_BYTES,
    Context,
    Layout,
    Piece,
    Rejected,
    RowHash,
    faults,
    household_readers,
    indicator_reader,
    known_place,
    person_readers,
    welfare_readers,
)
from households.feeds.rules import FileKind, Unfit
from households.poverty.rules import REGISTERED, VERIFIED, income_band
from shared.citizen import valid

_SATANG: Final = 100
_POSITION: Final = struct.Struct(">hiq")
_HOUSEHOLD: Final = struct.Struct(">hiqi16si8s")
"""Field count; position, id, row hash: each with its length before it."""
_PERSON_HEAD: Final = struct.Struct(">hiqi16si8si32si")
"""Field count; position, id, row hash, blind index, length of the encrypted citizen id."""
_WELFARE: Final = struct.Struct(">hiqi32sih")
_AMOUNTS: Final = struct.Struct(">" + "iq" * len(rules.AMOUNTS))
_UNFIT: Final = (Unfit, ValueError, TypeError)
"""What a line that does not fit raises: the rules' own refusal, too few fields, bytes that are no text."""
_HOUSEHOLD_FIELDS: Final = 21
_PERSON_FIELDS: Final = 19


class Reader(Protocol):
    """Reads one kind of file, piece by piece."""

    def __call__(self, lines: Sequence[bytes], *, position: int, known: Sequence[int]) -> Piece:
        """Read lines; `position` is what the first one is staged under, `known` the rows already held."""


class _Base:
    """What the three have in common: the order of the columns, the row hash, the slow way."""

    columns: tuple[str, ...]

    def __init__(
        self,
        kind: FileKind,
        context: Context,
        layout: Layout,
        readers: tuple[tuple[str, ...], list[Callable[[str], Any]]],
    ) -> None:
        self.context = context
        self.layout = layout
        self.columns, self._readers = readers
        self.hash = RowHash(kind, layout, context)

    def split(self, line: bytes, leading: int) -> Sequence[bytes]:
        """Return the first `leading` fields of a line, and the indicators as one last field."""
        if self.layout.straight:
            return line.split(self.layout.separator, leading)
        fields = self.layout.fields(line)
        return (*fields[:leading], self.layout.separator.join(fields[leading:]))

    def reject(self, line: int, raw: bytes) -> Rejected:
        """Say everything that is wrong with a row of which something is."""
        try:
            found = faults(self.layout.fields(raw), self.columns, self._readers)
        except Unfit as wrong:
            found = [(None, wrong.code, "")]
        return Rejected(line, found or [(None, "bad_row", "")], raw)


class Households(_Base):
    """Reads households (ครัวเรือน)."""

    def __init__(self, context: Context, layout: Layout) -> None:
        super().__init__("households", context, layout, household_readers(context))
        year, _, house_no, village, *_ = self._readers
        self._year = wire.Memo(year)
        self._house_no = wire.Memo(lambda text: wire.text(house_no(text)))
        self._village = wire.Memo(lambda text: wire.text(village(text)))
        self._members = wire.Memo(rules.members)
        read = indicator_reader(context.instrument.bits("household"), layout.separator)
        self._indicators = wire.Memo(lambda text: _indicators(*read(text)))

    def __call__(self, lines: Sequence[bytes], *, position: int, known: Sequence[int]) -> Piece:
        """Read lines of households."""
        piece = Piece(lines=len(lines))
        out: list[bytes] = []
        ids = wire.Ids(time.time_ns() // 1_000_000, len(lines))
        leading = len(rules.HOUSEHOLD_COLUMNS)
        for number, line in enumerate(lines):
            if not line:
                continue
            digest = self.hash(line)
            if known and (place := known_place(known, digest)) >= 0:
                piece.note_unchanged(place, number)
                continue
            try:
                row = self._row(self.split(line, leading))
            except _UNFIT:
                piece.rejected.append(self.reject(number, line))
                continue
            head = (_HOUSEHOLD_FIELDS, 8, position + number, 16, ids.make(number), 8, digest)
            out.append(_HOUSEHOLD.pack(*head) + row)
        return piece.finish(out, len(out))

    def reject(self, line: int, raw: bytes) -> Rejected:
        """Say what is wrong; where every value is right by itself, half of a place is missing."""
        found = super().reject(line, raw)
        if found.faults == [(None, "bad_row", "")]:
            found.faults = [("lat", "bad_coordinate", "")]
        return found

    def _row(self, fields: Sequence[bytes]) -> bytes:
        year, house, house_no, village, lat, lon, people, *amounts, indicators = fields
        self._year[year]
        members = self._members[people]
        satang = [_amount(raw) for raw in amounts]
        income = sum(satang[: rules.INCOMES])
        band = income_band(
            income, members, income_line=self.context.income_line, low_income=self.context.low_income
        )
        packed = [value for amount in satang for value in (8, amount)]
        return b"".join(
            (
                wire.text(_house_id(house)),
                self._house_no[house_no],
                self._village[village],
                _place(lat, lon),
                wire.int2(members),
                _AMOUNTS.pack(*packed),
                wire.int2(band),
                self._indicators[indicators],
            )
        )


class Persons(_Base):
    """Reads persons (สมาชิกครัวเรือน)."""

    def __init__(self, context: Context, layout: Layout) -> None:
        super().__init__("persons", context, layout, person_readers(context))
        birth_date = self._readers[6]
        self._house = wire.Memo(lambda text: wire.text(rules.house_reference(text)))
        self._prefix = wire.Memo(lambda text: wire.text(rules.prefix(text)))
        self._name = wire.Memo(lambda text: _name(*rules.name(text)))
        self._sex = wire.Memo(lambda text: wire.text(rules.sex(text)))
        self._birth = wire.Memo(lambda text: wire.day(birth_date(text)))
        self._relation = wire.Memo(lambda text: wire.text(rules.relation(text)))
        self._occupation = wire.Memo(lambda text: wire.text(rules.occupation(text)))
        self._conditions = wire.Memo(_conditions)
        read = indicator_reader(context.instrument.bits("person"), layout.separator)
        self._indicators = wire.Memo(lambda text: _indicators(*read(text)))
        self._index = context.keys.index.hasher()
        self._leading = len(rules.PERSON_COLUMNS)

    def __call__(self, lines: Sequence[bytes], *, position: int, known: Sequence[int]) -> Piece:
        """Read lines of persons."""
        piece = Piece(lines=len(lines))
        heads: list[tuple[int, bytes, bytes]] = []
        texts: list[tuple[bytes, bytes]] = []
        tails: list[bytes] = []
        hash_of, row_of, split, index, leading = self.hash, self._row, self.split, self._index, self._leading
        make_id = wire.Ids(time.time_ns() // 1_000_000, len(lines)).make
        for number, line in enumerate(lines):
            if not line:
                continue
            digest = hash_of(line)
            if known and (place := known_place(known, digest)) >= 0:
                piece.note_unchanged(place, number)
                continue
            try:
                citizen, tail = row_of(split(line, leading))
            except _UNFIT:
                piece.rejected.append(self.reject(number, line))
                continue
            heads.append((number, digest, index(citizen)))
            texts.append((make_id(number), citizen))
            tails.append(tail)
        sealed = self.context.keys.cipher.seal_many(texts, table="persons")
        out: list[bytes] = []
        for (number, digest, key), (row, _), enc, tail in zip(heads, texts, sealed, tails, strict=True):
            out += (
                _PERSON_HEAD.pack(
                    _PERSON_FIELDS, 8, position + number, 16, row, 8, digest, 32, key, len(enc)
                ),
                enc,
                tail,
            )
        piece.keys = b"".join([key[:KEY_BYTES] for _, _, key in heads])
        return piece.finish(out, len(tails))

    def _row(self, fields: Sequence[bytes]) -> tuple[bytes, bytes]:
        house, raw, title, first, last, sex, birth, relation, occupation, d, c, t, indicators = fields
        return citizen_id(raw), b"".join(
            (
                self._house[house],
                self._prefix[title],
                self._name[first],
                self._name[last],
                self._sex[sex],
                self._birth[birth],
                self._relation[relation],
                self._occupation[occupation],
                self._conditions[d + b"," + c + b"," + t],
                self._indicators[indicators],
            )
        )


class Welfare(_Base):
    """Reads the state welfare register (ทะเบียนบัตรสวัสดิการแห่งรัฐ)."""

    def __init__(self, context: Context, layout: Layout) -> None:
        super().__init__("welfare", context, layout, welfare_readers(context))
        self._bits = wire.Memo(_welfare)
        self._index = context.keys.index.hasher()

    def __call__(self, lines: Sequence[bytes], *, position: int, known: Sequence[int]) -> Piece:  # noqa: ARG002
        """Read lines of the register; they are small, so all of them are staged each time."""
        piece = Piece(lines=len(lines))
        out: list[bytes] = []
        keys: list[bytes] = []
        for number, line in enumerate(lines):
            if not line:
                continue
            try:
                raw, registered, verified = self.split(line, 2)
                bits = self._bits[registered + b"," + verified]
                index = self._index(citizen_id(raw))
            except _UNFIT:
                piece.rejected.append(self.reject(number, line))
                continue
            out.append(_WELFARE.pack(3, 8, position + number, 32, index, 2, bits))
            keys.append(index[:KEY_BYTES])
        piece.keys = b"".join(keys)
        return piece.finish(out, len(out))


READERS: Final[dict[FileKind, Callable[[Context, Layout], Reader]]] = {
    "households": Households,
    "persons": Persons,
    "welfare": Welfare,
}


def citizen_id(raw: bytes) -> bytes:
    """Return the 13 digits of a valid id; raises Unfit."""
    text = raw.decode()
    return raw if valid(text) else rules.citizen_id(text).encode()


def _house_id(raw: bytes) -> str:
    return rules.house_id(raw.decode())


def _amount(raw: bytes) -> int:
    return (int(raw) if raw.isdigit() and len(raw) <= 12 else rules.whole(raw.decode())) * _SATANG  # noqa: PLR2004


def _place(lat: bytes, lon: bytes) -> bytes:
    north, east = rules.coordinate(lat.decode(), 90.0), rules.coordinate(lon.decode(), 180.0)
    if (north is None) != (east is None):
        raise Unfit("bad_coordinate")
    return wire.double(north) + wire.double(east)


def _conditions(text: str) -> int | bytes:
    disabled, ill, treated = (rules.flag(part) for part in text.split(","))
    return wire.int2(disabled | ill << 1 | treated << 2)


def _name(name: str, key: str) -> bytes:
    """Return a name and its search key, which is NULL where it is the name itself."""
    return wire.text(name) + wire.text(None if key == name else key)


def _welfare(text: str) -> int:
    registered, verified = (rules.flag(part) for part in text.split(","))
    return registered * REGISTERED | verified * VERIFIED


def _indicators(letters: str, failed: int, dimensions: int) -> bytes:
    return wire.text(letters) + wire.int4(failed) + wire.int2(dimensions)
