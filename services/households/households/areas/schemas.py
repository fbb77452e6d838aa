"""What the API says about areas."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field

from shared.areas import AreaCode, Level, VillageCode
from shared.schemas import Filters, Schema

Code = Annotated[AreaCode, Field(examples=["34150103"])]


class AreaName(Schema):
    """An area's name (ชื่อพื้นที่); the English one is known for most areas above the village."""

    th: str = Field(examples=["โนนกุง"])
    en: str | None = Field(examples=["Non Kung"])


class AreaOut(Schema):
    """A province, district, tambon or village (จังหวัด อำเภอ ตำบล หมู่บ้าน)."""

    code: Code
    level: Level
    parent_code: AreaCode | None
    name: AreaName
    lat: float | None
    """WGS 84, where known."""
    lon: float | None
    valid_from: date | None
    valid_to: date | None
    """First day on which the code was not used any more; null while it is."""
    successors: list[AreaCode]
    """Codes that took its place (แบ่ง รวม เปลี่ยนรหัส)."""
    updated_at: datetime


class AreaPage(Schema):
    """A page of areas in code order; of a search, the best match first and no next page."""

    items: list[AreaOut]
    next: str | None
    total: int | None = None


class AreaBranch(AreaOut):
    """An area and those below it."""

    children: list["AreaBranch"]


class AreaTree(Schema):
    """An area with all above it, widest first, and a tree of those below it."""

    ancestors: list[AreaOut]
    area: AreaBranch


class NewVillage(Schema):
    """A village to add or to name (หมู่บ้าน)."""

    code: VillageCode
    name_th: Annotated[str, Field(min_length=1, max_length=100, examples=["โนนกุง"])]
    name_en: Annotated[str | None, Field(max_length=100)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90)] = None
    lon: Annotated[float | None, Field(ge=-180, le=180)] = None


class NewVillages(Schema):
    """Villages to add or to name, at most 1,000 at a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"villages": [{"code": "34110209", "name_th": "โนนงาม", "lat": 15.2936, "lon": 105.1909}]}
            ]
        }
    )

    villages: Annotated[list[NewVillage], Field(min_length=1, max_length=1000)]


class VillagesAdded(Schema):
    """What became of the villages sent."""

    added: int
    changed: int
    unchanged: int


class AreaFilters(Filters):
    """What areas are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    parent: AreaCode | None = None
    """The areas directly below this one."""
    level: Level | None = None
    q: Annotated[str | None, Field(min_length=1, max_length=100, examples=["ตะการพืดผน"])] = None
    """A Thai or English name; mistyped letters are forgiven. Best match first, one page only."""
    updated_since: AwareDatetime | None = None
    """Areas changed since, closed ones too, to keep a copy fresh."""
    closed: bool = False
    """Also codes that are not used any more."""
