"""What the API takes and gives about following borrowers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.follow.rules import ProjectState
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.schemas import Filters, Schema

BorrowerKind = Literal["member", "group", "household"]
_ID = "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"
Words = Annotated[FreeText, Field(min_length=1, max_length=4_000)]


class NewAssignment(Schema):
    """A committee member who is to answer for a borrower (มอบหมายกรรมการรับผิดชอบ)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"borrower_kind": "group", "borrower_id": _ID, "term_id": _ID}]}
    )

    id: UUID | None = None
    borrower_kind: BorrowerKind
    borrower_id: UUID
    term_id: UUID
    """Her term on the fund's committee."""


class AssignmentOut(Schema):
    """Who answers for a borrower (กรรมการผู้รับผิดชอบผู้กู้)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    borrower_kind: BorrowerKind
    borrower_id: UUID
    term_id: UUID
    committee_member: str
    """Her name."""
    in_office: bool
    """Her term runs; when it does not, the next one must be assigned."""
    open_loans: int
    starts_on: date
    ends_on: date | None
    assigned_by: str
    created_at: datetime
    updated_at: datetime


class AssignmentFilters(Filters):
    """Which assignments of a fund."""

    ended: bool = False
    """Also those that ended."""
    term_id: UUID | None = None
    borrower_id: UUID | None = None


class UnfollowedOut(Schema):
    """A borrower with an open loan for whom nobody in office answers (ผู้กู้ที่ยังไม่มีผู้รับผิดชอบ)."""

    borrower_kind: BorrowerKind
    borrower_id: UUID
    open_loans: int


class NewVisit(Schema):
    """A visit to a borrower (บันทึกการเยี่ยมติดตาม)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "borrower_kind": "group",
                    "borrower_id": _ID,
                    "visited_on": "2026-01-12",
                    "project_state": "as_planned",
                    "findings": "ทอผ้าได้ 12 ผืน ขายแล้ว 8 ผืน",
                }
            ]
        }
    )

    id: UUID | None = None
    borrower_kind: BorrowerKind
    borrower_id: UUID
    loan_id: UUID | None = None
    visited_on: date
    met: bool = True
    """Somebody of the borrower's was there."""
    project_state: ProjectState
    findings: Words
    next_visit_on: date | None = None


class FileOut(Schema):
    """A file kept as evidence."""

    media_type: str
    size: int
    sha256: str


class VisitOut(Schema):
    """A visit to a borrower (การเยี่ยมติดตาม)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    borrower_kind: BorrowerKind
    borrower_id: UUID
    loan_id: UUID | None
    visited_on: date
    met: bool
    project_state: ProjectState
    findings: str
    next_visit_on: date | None
    file: FileOut | None
    recorded_by: str
    created_at: datetime


class VisitFilters(Filters):
    """Which visits of a fund."""

    borrower_id: UUID | None = None
    loan_id: UUID | None = None
    project_state: ProjectState | None = None


class NewForum(Schema):
    """A forum of borrowers (บันทึกเวทีแลกเปลี่ยนเรียนรู้)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "held_on": "2026-01-12",
                    "place": "ศาลาประชาคม",
                    "borrowers": 18,
                    "participants": 25,
                    "topics": "การตลาดผ้าทอ การชำระคืนตรงเวลา",
                }
            ]
        }
    )

    id: UUID | None = None
    held_on: date
    place: Annotated[FreeText, Field(min_length=1, max_length=200)]
    borrowers: int = Field(ge=0, le=100_000)
    participants: int = Field(ge=0, le=100_000)
    topics: Words
    summary: Words | None = None


class ForumOut(Schema):
    """A forum where borrowers tell how their projects go (เวทีแลกเปลี่ยนเรียนรู้)."""

    id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    held_on: date
    place: str
    borrowers: int
    participants: int
    topics: str
    summary: str | None
    recorded_by: str
    created_at: datetime
