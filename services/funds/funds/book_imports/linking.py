"""Who is who in a book: lines of the registers, members that the fund has already, debtors."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from funds.book_imports.checking import Checked
from funds.book_imports.rules import DebtorRow, Fault, MemberRow, Part
from shared.ids import uuid7
from shared.thai import name_key


class Known(NamedTuple):
    """A member that the fund has already."""

    id: UUID
    member_no: str
    name_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Somebody who becomes a member by the import; without a number she gets the next free one."""

    id: UUID
    member_no: str | None
    name: str
    phone: str | None
    joined_on: date | None


@dataclass(slots=True)
class People:
    """The members of a book: new ones, and whose each line is."""

    new: list[NewMember] = field(default_factory=list)
    of_member: dict[int, UUID] = field(default_factory=dict)
    """Lines of the register of members."""
    of_debtor: dict[int, UUID] = field(default_factory=dict)
    """Lines of the register of debtors."""
    households: dict[UUID, UUID] = field(default_factory=dict)
    """Households by member, where the book names them."""

    def belongs(self, member_id: UUID, row: MemberRow | DebtorRow) -> None:
        """Keep the household of who a line is of; the register of members comes first."""
        if row.household is not None:
            self.households.setdefault(member_id, row.household)


@dataclass(slots=True)
class _Index:
    """Members by number and by name while they are found."""

    by_number: dict[str, tuple[UUID, str]] = field(default_factory=dict)
    by_name: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def add(self, member_id: UUID, number: str | None, key: str) -> None:
        if number is not None:
            self.by_number[number] = (member_id, key)
        if member_id not in self.by_name[key]:
            self.by_name[key].append(member_id)


def link(checked: Checked, existing: Sequence[Known]) -> People:
    """Return who is who; what cannot be told is added to the faults."""
    people, index = People(), _Index()
    for one in existing:
        index.add(one.id, one.member_no, one.name_key)
    checked.say(_members(checked, people, index))
    checked.say(_debtors(checked, people, index))
    return people


def _members(checked: Checked, people: People, index: _Index) -> Iterator[Fault]:
    table = checked.tables.get(Part.MEMBERS)
    before: Mapping[str, list[UUID]] = {key: list(ids) for key, ids in index.by_name.items()}
    taken: set[UUID] = set()
    for row in checked.book.members:
        key = name_key(row.name)
        found = None if row.member_no is None else index.by_number.get(row.member_no)
        if found is not None and found[1] != key:
            assert table is not None  # noqa: S101  # its rows are here
            yield Fault(
                table.sheet, "member_differs", row.line, table.column("member_no"), "member_no", row.member_no
            )
            continue
        same = before.get(key, []) if row.member_no is None else []
        if found is not None:
            member_id = found[0]
        elif len(same) == 1:
            member_id = same[0]
        else:
            member_id = _enrolled(people, row)
            index.add(member_id, row.member_no, key)
        if member_id in taken:  # two lines that could both be hers: nobody's savings are put to another's
            assert table is not None  # noqa: S101  # its rows are here
            at = "name" if row.member_no is None else "member_no"
            yield Fault(table.sheet, "member_ambiguous", row.line, table.column(at), at, row.member_no)
            continue
        taken.add(member_id)
        people.belongs(member_id, row)
        people.of_member[row.line] = member_id


def _debtors(checked: Checked, people: People, index: _Index) -> Iterator[Fault]:
    table = checked.tables.get(Part.DEBTORS)
    registered = Part.MEMBERS in checked.tables
    for row in checked.book.debtors:
        key = None if row.name is None else name_key(row.name)
        code, member_id = _found(row, key, index)
        if member_id is None and code == "member_unknown" and not registered and row.name is not None:
            member_id = _enrolled(people, row)
            index.add(member_id, row.member_no, key or "")
        if member_id is None:
            assert table is not None  # noqa: S101  # its rows are here
            at = "member_no" if row.member_no is not None else "name"
            value = row.member_no if at == "member_no" else None
            yield Fault(table.sheet, code, row.line, table.column(at), at, value)
        else:
            people.belongs(member_id, row)
            people.of_debtor[row.line] = member_id


def _found(row: DebtorRow, key: str | None, index: _Index) -> tuple[str, UUID | None]:
    """Return whose loan it is, else why that cannot be told."""
    if row.member_no is not None:
        found = index.by_number.get(row.member_no)
        if found is None:
            return "member_unknown", None
        if key is not None and found[1] != key:
            return "member_differs", None
        return "", found[0]
    named = index.by_name.get(key or "", [])
    if len(named) == 1:
        return "", named[0]
    return ("member_ambiguous" if named else "member_unknown"), None


def _enrolled(people: People, row: MemberRow | DebtorRow) -> UUID:
    member_id = uuid7()
    joined = row.joined_on if isinstance(row, MemberRow) else row.contract_date
    phone = row.phone if isinstance(row, MemberRow) else None
    people.new.append(
        NewMember(
            id=member_id,
            member_no=row.member_no,
            name=row.name or "",
            phone=phone,
            joined_on=joined,
        )
    )
    return member_id
