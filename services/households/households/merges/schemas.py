"""What the API takes and says about duplicates and merges."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from shared.errors import invalid_value
from shared.schemas import Schema

Kind = Literal["household", "person"]


class Duplicate(Schema):
    """Two entries that may be one (ข้อมูลที่อาจซ้ำกัน)."""

    kind: Kind
    ids: Annotated[list[UUID], Field(min_length=2, max_length=2)]
    score: float = Field(examples=[0.85])
    """0 to 1; what is certain to be different is not listed."""
    village_code: str = Field(examples=["34110209"])


class Duplicates(Schema):
    """The likeliest duplicates of an area, best first."""

    items: list[Duplicate]


class NewMerge(Schema):
    """Two entries that are one: everything of `dropped_id` goes over to `kept_id`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "person",
                    "kept_id": "01977f3e-6d00-7cc3-98c4-dc0c0c07398f",
                    "dropped_id": "01977f3e-6d00-7cc3-98c4-dc0c0c073990",
                }
            ]
        }
    )

    kind: Kind
    kept_id: UUID
    dropped_id: UUID

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.kept_id == self.dropped_id:
            raise invalid_value("same_entry", "เป็นรายการเดียวกัน", "kept and dropped are the same")
        return self


class MergeOut(Schema):
    """A merge (การรวมข้อมูลซ้ำ)."""

    id: UUID
    kind: Kind
    kept_id: UUID
    dropped_id: UUID
    merged_by: str
    merged_at: datetime
    undone_by: str | None
    undone_at: datetime | None
