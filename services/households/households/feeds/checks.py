"""What only the whole feed can tell: doubles, second heads, persons whose household did not come.

Every check takes the rows it refuses out of the staged tables.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from households.feeds.parsing import known_place, sortable
from households.feeds.rules import FileKind, Unfit, house_reference, members
from households.feeds.staging import Fault, Stage, raw_rows

_KEY_COLUMN: Final = {"households": "house_id", "persons": "citizen_id", "welfare": "citizen_id"}
_KEY: Final = {"households": "house_id", "persons": "citizen_id_index", "welfare": "citizen_id_index"}

_DOUBLES = """
WITH doubled AS (SELECT {key} FROM staged_{kind} GROUP BY {key} HAVING count(*) > 1),
     later AS (
        SELECT position, row_number() OVER (PARTITION BY {key} ORDER BY position) AS turn
        FROM staged_{kind} JOIN doubled USING ({key})
     )
DELETE FROM staged_{kind} s USING later WHERE s.position = later.position AND later.turn > 1
RETURNING s.position
"""
_HELD_BEFORE = {
    "households": """
        SELECT s.position, e.row_hash FROM staged_households s JOIN households h ON h.house_id = s.house_id
        JOIN edition_households e ON e.edition_id = $1 AND e.household_id = h.id""",
    "persons": """
        SELECT s.position, e.row_hash FROM staged_persons s
        JOIN persons p ON p.citizen_id_index = s.citizen_id_index
        JOIN edition_persons e ON e.edition_id = $1 AND e.person_id = p.id""",
}
_SECOND_HEADS = """
WITH heads AS (
    SELECT position, house_id, row_number() OVER (PARTITION BY house_id ORDER BY position) AS turn
    FROM staged_persons WHERE relation = 'head'
), standing AS (
    SELECT h.house_id FROM heads
    JOIN households h ON h.house_id = heads.house_id
    JOIN edition_persons e ON e.household_id = h.id AND e.edition_id = $1 AND e.relation = 'head'
    JOIN persons p ON p.id = e.person_id
    WHERE NOT EXISTS (SELECT FROM staged_persons s WHERE s.citizen_id_index = p.citizen_id_index)
)
DELETE FROM staged_persons s USING heads
WHERE s.position = heads.position AND (heads.turn > 1 OR heads.house_id IN (SELECT house_id FROM standing))
RETURNING s.position
"""
_HOMELESS = """
SELECT s.position, s.house_id, s.citizen_id_index FROM staged_persons s
WHERE NOT EXISTS (SELECT FROM staged_households i WHERE i.house_id = s.house_id)
AND NOT EXISTS (
    SELECT FROM households h JOIN edition_households e ON e.household_id = h.id AND e.edition_id = $1
    WHERE h.house_id = s.house_id
)
"""


@dataclass(slots=True)
class Held:
    """A person kept back because her household was rejected."""

    position: int
    house_id: str
    citizen_id_index: bytes
    raw: dict[str, str]


@dataclass(slots=True)
class LostHouseholds:
    """The households that were rejected: by their id, or by how many members they said they have."""

    ids: set[str] = field(default_factory=set)
    sizes: Counter[int] = field(default_factory=Counter)

    def add(self, raw: dict[str, str]) -> None:
        """Add a rejected row."""
        try:
            self.ids.add(house_reference(raw.get("house_id", "")))
        except Unfit:
            try:
                self.sizes[members(raw.get("members", ""))] += 1
            except Unfit:
                return

    def claim(self, house_id: str, persons: int) -> bool:
        """Tell whether persons who name this house belong to a rejected household.

        A household rejected for want of an id is recognised by the number of its members: as many
        persons name a house that did not come. It is claimed by one house only.
        """
        if house_id in self.ids:
            return True
        if self.sizes[persons] <= 0 or not house_id.strip("0"):
            return False
        self.sizes[persons] -= 1
        self.ids.add(house_id)
        return True


async def refuse(stage: Stage, kind: FileKind, positions: Iterable[int], column: str, code: str) -> None:
    """Add rejections of rows by their positions."""
    wanted = sorted(positions)
    raw = await raw_rows(stage, wanted)
    stage.rejected.extend(
        Fault(kind, at, [(column, code, raw[at].get(column, ""))], raw[at]) for at in wanted
    )


async def refuse_doubles(stage: Stage, kind: FileKind) -> None:
    """Keep the first row of each household or person, refuse the others."""
    positions: list[int] = []
    keys = stage.keys.get(kind)
    if keys is None or keys.doubtful:
        rows = await stage.connection.fetch(_DOUBLES.format(kind=kind, key=_KEY[kind]))
        positions = [row["position"] for row in rows]
    seen = stage.seen.get(kind)
    if seen is not None:
        positions += seen.twice
        late = await _late(stage, kind)
        await stage.connection.execute(f"DELETE FROM staged_{kind} WHERE position = ANY($1)", late)  # noqa: S608
        positions += late
    await refuse(stage, kind, positions, _KEY_COLUMN[kind], "duplicate")


async def _late(stage: Stage, kind: FileKind) -> list[int]:
    """Return staged rows that differ from a row which came again unchanged before them in the same file."""
    known, seen = stage.known[kind], stage.seen[kind]
    late = []
    for row in await stage.connection.fetch(_HELD_BEFORE[kind], stage.edition_id):
        place = known_place(known, sortable(row["row_hash"]).to_bytes(8, "big"))
        unchanged_at = seen.position(place)
        if 0 <= unchanged_at < row["position"]:
            late.append(row["position"])
    return late


async def refuse_second_heads(stage: Stage) -> None:
    """Refuse a second head of a household (หัวหน้าครัวเรือน)."""
    rows = await stage.connection.fetch(_SECOND_HEADS, stage.edition_id)
    await refuse(stage, "persons", [row["position"] for row in rows], "relation", "duplicate_head")


async def take_homeless(stage: Stage, lost: LostHouseholds) -> list[Held]:
    """Take out the persons whose household is not there: hold those whose household was rejected."""
    rows = await stage.connection.fetch(_HOMELESS, stage.edition_id)
    if not rows:
        return []
    sizes = Counter(row["house_id"] for row in rows)
    sizes.update(_named_by_rejected(stage.rejected))
    belongs = {
        house_id: lost.claim(house_id, sizes[house_id]) for house_id in dict.fromkeys(r[1] for r in rows)
    }
    await stage.connection.execute(
        "DELETE FROM staged_persons WHERE position = ANY($1)", [row["position"] for row in rows]
    )
    held = [row for row in rows if belongs[row["house_id"]]]
    unknown = [row["position"] for row in rows if not belongs[row["house_id"]]]
    await refuse(stage, "persons", unknown, "house_id", "unknown_household")
    raw = await raw_rows(stage, [row["position"] for row in held])
    return [Held(r["position"], r["house_id"], r["citizen_id_index"], raw[r["position"]]) for r in held]


def _named_by_rejected(rejected: Sequence[Fault]) -> Iterable[str]:
    """Yield the houses that rejected persons name, for the count of a household's persons."""
    for fault in rejected:
        if fault.kind == "persons":
            try:
                yield house_reference(fault.raw.get("house_id", ""))
            except Unfit:
                continue
