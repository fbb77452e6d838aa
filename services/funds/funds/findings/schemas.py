"""What the API takes and gives about findings."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.findings.rules import Source
from funds.registry.rules import Kind
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema, Text

FailingCode = Annotated[str, Field(pattern=r"^[A-Z]\.[0-9]{1,2}$", examples=["A.1"])]


class NewFinding(Schema):
    """A failing that somebody saw (บันทึกปัญหาที่พบ)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "code": "B.3",
                    "seen_on": "2026-01-10",
                    "note": "ทะเบียนลูกหนี้ค้างบันทึกสามเดือน",
                }
            ]
        }
    )

    id: UUID | None = None
    fund_id: UUID
    code: FailingCode
    """Item of FUND_COMMON_FAILINGS (`/v1/instruments/funds/FUND_COMMON_FAILINGS`)."""
    seen_on: date
    note: Annotated[FreeText, Field(min_length=1, max_length=1000)]


class FindingClosing(Schema):
    """Why a finding is closed (เหตุผลที่ปิดข้อค้นพบ)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "ส่งมอบงานย้อนหลังครบถ้วนแล้ว"}]})

    reason: Annotated[FreeText, Field(min_length=1, max_length=1000)]


class Refresh(Schema):
    """Which funds to look at: one, or those of an area of yours."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"area": "3419"}]})

    fund_id: UUID | None = None
    area: AreaCode | None = None
    """This area and all below it; the whole country when both are absent."""


class Refreshed(Schema):
    """What a look at the data did."""

    opened: int
    closed: int
    """Findings whose cause was gone."""


class FindingOut(Schema):
    """A failing found in a fund (ข้อค้นพบ)."""

    id: UUID
    fund_id: UUID
    fund_name: str
    area_code: AreaCode = Field(examples=["34190201"])
    fund_kind: Kind
    code: FailingCode
    title: Text
    source: Source
    detail: dict[str, Any]
    """Ids, dates and amounts that show it."""
    links: dict[str, str]
    """Where the books and papers that show it are read: a loan with its contract, journals, meetings."""
    note: str | None
    opened_on: date
    recorded_by: str | None
    closed_on: date | None
    closed_by: str | None
    """Null of a closed one: its cause was gone."""
    close_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class FindingFilters(Filters):
    """What findings are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    code: FailingCode | None = None
    source: Source | None = None
    state: Annotated[str, Field(pattern="^(open|closed|all)$")] = "open"
    opened_from: date | None = None
    opened_to: date | None = None
