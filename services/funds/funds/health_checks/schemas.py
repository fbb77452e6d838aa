"""What the API takes and gives about health checks."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from funds.health_checks.rules import CheckState
from funds.registry.rules import Kind
from shared.areas import AreaCode
from shared.free_text import FreeText
from shared.instruments import Method
from shared.schemas import Filters, Schema, Text

Remarks = Annotated[FreeText, Field(min_length=1, max_length=2000, examples=["บัญชีเป็นปัจจุบัน"])]
ItemCode = Annotated[str, Field(min_length=1, max_length=20, examples=["G.1"])]
Answers = Annotated[dict[ItemCode, int | None], Field(max_length=50, examples=[{"G.1": 1, "G.2": 0}])]
FiscalYear = Annotated[int, Field(ge=2500, le=2700, examples=[2569])]


class Reported(Schema):
    """The result of the paper form, where its edition is not loaded (ผลจากแบบประเมินกระดาษ)."""

    passed: Annotated[int, Field(ge=0, le=50, examples=[15])]
    """Indicators passed."""
    level: Annotated[int, Field(ge=1, le=3, examples=[2])]
    form: Annotated[FreeText, Field(min_length=1, max_length=200, examples=["แบบ กข.คจ. 18 ตัวชี้วัด ปี 2568"])]
    """Which paper it stands on."""


class NewHealthCheck(Schema):
    """A check to record (บันทึกการตรวจสุขภาพ)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fund_id": "01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10",
                    "checked_on": "2026-01-10",
                    "reported": {"passed": 15, "level": 2, "form": "แบบ กข.คจ. 18 ตัวชี้วัด ปี 2568"},
                }
            ]
        }
    )

    id: UUID | None = None
    """Made by the client for offline work; made here when absent."""
    fund_id: UUID
    checked_on: date
    fiscal_year: FiscalYear | None = None
    """That of the day when absent; the one just ended may be named."""
    answers: Annotated[Answers, Field(default_factory=dict)]
    """1 passed, 0 not, null nothing to judge; by the item codes of the edition in force."""
    reported: Reported | None = None
    """Only while the edition in force is incomplete."""
    remarks: Remarks | None = None


class HealthCheckChange(Schema):
    """A merge patch of a draft (RFC 7396); answers are given whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remarks": "ตรวจซ้ำแล้ว"}]})

    checked_on: date = date.min
    answers: Annotated[Answers, Field(default_factory=dict)]
    reported: Reported | None = None
    remarks: Remarks | None = None


class HealthCheckOut(Schema):
    """A fund's check of a fiscal year (ผลตรวจสุขภาพกองทุน)."""

    id: UUID
    fund_id: UUID
    fund_name: str
    area_code: AreaCode = Field(examples=["34190201"])
    fund_kind: Kind
    fiscal_year: int
    checked_on: date
    instrument: str = Field(examples=["KKK_GOVERNANCE_18"])
    edition: int
    incomplete: bool
    """The edition lacks items or cut-offs: the level, if any, is the paper form's."""
    state: CheckState
    answers: dict[str, int | None]
    reported: Reported | None
    passed: int | None
    items: int | None
    """Indicators of the form."""
    level: int | None
    """1 needs improvement, 2 medium, 3 the best; null while it is not known."""
    mandatory_failed: list[str]
    missing: list[str]
    """Items without an answer."""
    open_findings: list[str] | None
    """Failings that were open when it was confirmed."""
    remarks: str | None
    recorded_by: list[str]
    confirmed_by: str | None
    confirmed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class HealthCheckFilters(Filters):
    """What checks are listed."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    fund_kind: Kind | None = None
    fiscal_year: FiscalYear | None = None
    state: CheckState | None = None
    level: Annotated[int | None, Field(ge=1, le=3)] = None


class NewHealthInstrument(Schema):
    """An edition of a form to load, in the shape of `/v1/instruments/funds/{code}` files."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "content": {
                        "code": "KKK_GOVERNANCE_18",
                        "version": 2,
                        "title": {"th": "ประเมินศักยภาพโครงการ กข.คจ.", "en": "Governance assessment"},
                        "valid_years_be": [2569, 2570],
                        "incomplete": True,
                        "scoring": {"method": "count"},
                        "scale": [
                            {"value": 0, "title": {"th": "ไม่ผ่าน", "en": "not passed"}},
                            {"value": 1, "title": {"th": "ผ่าน", "en": "passed"}},
                        ],
                        "groups": [
                            {
                                "code": "G",
                                "title": {"th": "หลักนิติธรรม", "en": "Rule of law"},
                                "items": [
                                    {
                                        "code": "G.1",
                                        "title": {"th": "มีระเบียบ", "en": "Has rules"},
                                        "mandatory": True,
                                    }
                                ],
                            }
                        ],
                        "levels": [
                            {"code": "1", "title": {"th": "ปรับปรุง", "en": "to improve"}, "least": 0},
                            {"code": "2", "title": {"th": "ปานกลาง", "en": "medium"}, "least": 10},
                            {"code": "3", "title": {"th": "ดี", "en": "good"}, "least": 15},
                        ],
                        "source": ["หนังสือกรมการพัฒนาชุมชน"],
                        "confidence": "high",
                    }
                }
            ]
        }
    )

    content: dict[str, Any]


class HealthItem(Schema):
    """One indicator (ตัวชี้วัด)."""

    code: str
    title: Text
    mandatory: bool


class HealthItems(Schema):
    """A part (ด้าน) of the form."""

    code: str
    title: Text
    items: list[HealthItem]


class HealthLevel(Schema):
    """A level and the fewest indicators that reach it; null where the edition does not say."""

    code: str
    title: Text
    least: int | None


class HealthInstrumentOut(Schema):
    """An edition of a form (แบบตรวจสุขภาพ)."""

    code: str
    edition: int
    title: Text
    method: Method
    valid_years: tuple[int, int] | None
    """Fiscal years (Buddhist), both included; null is any."""
    incomplete: bool
    official_items: int
    """Indicators of the official form."""
    groups: list[HealthItems]
    levels: list[HealthLevel]
    source: list[str]
    confidence: str


class HealthInstruments(Schema):
    """All editions, by code and number."""

    items: list[HealthInstrumentOut]
