"""What the API takes and gives about funds."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from funds.registry.rules import Kind, State
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema
from shared.thai import clean_text

Name = Annotated[
    FreeText,
    AfterValidator(clean_text),
    Field(min_length=1, max_length=200, examples=["กองทุนพัฒนาบทบาทสตรี ตำบลวารินชำราบ"]),
]
NameEn = Annotated[
    FreeText,
    AfterValidator(clean_text),
    Field(min_length=1, max_length=200, examples=["Warin Chamrap women's fund"]),
]
Reason = Annotated[FreeText, Field(min_length=1, max_length=500, examples=["ไม่ส่งรายงานเกินหนึ่งปี"])]


class FundName(Schema):
    """A fund's name; the English one is optional."""

    th: str
    en: str | None


class NewFund(Schema):
    """A fund to register (ขึ้นทะเบียนกองทุน)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "womens",
                    "name_th": "กองทุนพัฒนาบทบาทสตรี ตำบลวารินชำราบ",
                    "area_code": "341501",
                    "founded_on": "2012-10-01",
                }
            ]
        }
    )

    id: UUID | None = None
    """Made by the client for offline work; made here when absent."""
    kind: Kind
    name_th: Name
    name_en: NameEn | None = None
    area_code: Annotated[AreaCode, Field(examples=["341501"])]
    """Tambon (6 digits) for `womens`, village (8) for `poverty` and `village`, either for the others."""
    founded_on: date | None = None


class FundChange(Schema):
    """A merge patch of a fund (RFC 7396); kind and area never change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name_en": "Warin Chamrap women's fund"}]})

    name_th: Name = ""
    name_en: NameEn | None = None
    founded_on: date | None = None


class StateChange(Schema):
    """A change of a fund's state (เปลี่ยนสถานะกองทุน)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "suspended", "reason": "ไม่ส่งรายงานเกินหนึ่งปี"}]}
    )

    state: State
    reason: Reason


class FundOut(Schema):
    """A fund (กองทุน)."""

    id: UUID
    kind: Kind
    name: FundName
    area_code: AreaCode = Field(examples=["341501"])
    founded_on: date | None
    state: State
    state_since: date
    state_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class FundFilters(Filters):
    """What funds are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    kind: Kind | None = None
    state: State | None = None
    """Without the closed ones when absent; all of them with `updated_since`."""
    q: Annotated[str | None, Field(min_length=1, max_length=100, examples=["วารินชำราบ"])] = None
    """Part of the name."""
    updated_since: AwareDatetime | None = None
    """Funds changed since; closed ones too, so that a copy can mark them."""
