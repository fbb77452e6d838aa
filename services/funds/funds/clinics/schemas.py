"""What the API takes and gives about clinics."""

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.clinics.rules import ClinicState
from funds.fund_teams.schemas import DistrictCode
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema

_EXAMPLE: dict[str, Any] = {
    "district": "3419",
    "held_on": "2026-02-10",
    "title": "คลินิกแก้หนี้ กข.คจ. ครั้งที่ 1",
    "team_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a40",
    "agenda": ["ชี้แจงผลสำรวจลูกหนี้", "จัดทำหนังสือรับสภาพหนี้", "ปรับปรุงบัญชี"],
    "stops": [
        {
            "place": "ศาลาประชาคมตำบลกุดชมภู",
            "starts_at": "09:00:00",
            "cases": ["01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"],
        }
    ],
}
Title = Annotated[FreeText, Field(min_length=1, max_length=200)]
Agenda = Annotated[
    list[Annotated[FreeText, Field(min_length=1, max_length=300)]], Field(min_length=1, max_length=30)
]


class NewStop(Schema):
    """A place and the funds that come to it (จุดให้บริการ)."""

    place: Annotated[FreeText, Field(min_length=1, max_length=200)]
    starts_at: time | None = None
    cases: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    """Problem cases with a plan, of funds of villages that come together here."""


Stops = Annotated[list[NewStop], Field(min_length=1, max_length=30)]


class NewClinic(Schema):
    """A clinic to plan (วางแผนออกคลินิก)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    district: DistrictCode
    held_on: date
    title: Title
    team_id: UUID
    agenda: Agenda
    stops: Stops


class ClinicChange(Schema):
    """A merge patch of a planned clinic (RFC 7396); agenda and stops are given whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"held_on": "2026-02-17"}]})

    held_on: date = date.min
    title: Title = ""
    team_id: UUID = UUID(int=0)
    agenda: Agenda = []  # noqa: RUF012  # only ever read when it was given
    stops: Stops = []  # noqa: RUF012  # likewise


class ClinicCancelling(Schema):
    """Why a clinic is not held (เหตุผลที่ยกเลิก)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "น้ำท่วม"}]})

    reason: Annotated[FreeText, Field(min_length=1, max_length=500)]


class Advice(Schema):
    """What a fund was advised at its stop (คำแนะนำของทีม)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"attended": 14, "advice": "ทำหนังสือรับสภาพหนี้ 9 ราย ผ่อนชำระ 12 งวด"}]}
    )

    attended: Annotated[int, Field(ge=0, le=1000)]
    """People of the fund who came."""
    advice: Annotated[FreeText, Field(min_length=1, max_length=3000)]


class CaseAtStop(Schema):
    """A fund at a stop, and what it was advised."""

    case_id: UUID
    fund_id: UUID
    fund_name: str
    area_code: AreaCode = Field(examples=["34190201"])
    attended: int | None
    advice: str | None
    advised_by: str | None
    advised_at: datetime | None


class StopOut(Schema):
    """A place and the funds that come to it; a caller sees those of her areas."""

    number: int
    place: str
    starts_at: time | None
    cases: list[CaseAtStop]


class ClinicSummary(Schema):
    """A clinic, in the list."""

    id: UUID
    district: DistrictCode
    held_on: date
    title: str
    team_id: UUID
    state: ClinicState
    state_reason: str | None
    version: int
    updated_at: datetime


class ClinicOut(ClinicSummary):
    """A clinic (คลินิกเคลื่อนที่) with its agenda and stops."""

    agenda: list[str]
    stops: list[StopOut]
    created_at: datetime


class ClinicFilters(Filters):
    """What clinics are listed."""

    area: AreaCode | None = None
    """The district, or the province with its districts."""
    state: ClinicState | None = None
    case_id: UUID | None = None
    """Those that a fund under treatment came to."""
    held_from: date | None = None
    held_to: date | None = None
