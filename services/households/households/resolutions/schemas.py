"""What the API takes and gives about resolutions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from households.cases.rules import Decision
from shared.free_text import FreeText
from shared.schemas import Schema


class DecisionMade(Schema):
    """What the meeting decided about one case."""

    case_id: UUID
    decision: Decision
    reason: Annotated[FreeText, Field(min_length=1, max_length=500, examples=["รายได้เกินเกณฑ์"])] | None = None
    """Required unless certified."""


class NewResolution(Schema):
    """A resolution to record: all its decisions are taken, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resolution_no": "1",
                    "decisions": [
                        {"case_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a20", "decision": "certified"},
                        {
                            "case_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a21",
                            "decision": "returned",
                            "reason": "ข้อมูลไม่ครบ",
                        },
                    ],
                }
            ]
        }
    )

    resolution_no: Annotated[str, Field(min_length=1, max_length=50, examples=["1"])]
    """Unique within the meeting."""
    decisions: Annotated[list[DecisionMade], Field(min_length=1, max_length=5000)]


class DecisionOut(Schema):
    """One decision as it stands in the minutes."""

    case_id: UUID
    decision: Decision
    reason: str | None
    voters: int
    """Members present who could decide on this case."""


class ResolutionOut(Schema):
    """A resolution of a meeting (มติที่ประชุม)."""

    id: UUID
    meeting_id: UUID
    resolution_no: str
    recorded_by: str
    recorded_at: datetime
    certified: int
    rejected: int
    returned: int


class ResolutionDetail(ResolutionOut):
    """A resolution with its decisions."""

    decisions: list[DecisionOut]


class Resolutions(Schema):
    """A meeting's resolutions in the order they were recorded."""

    items: list[ResolutionOut]
