"""The base of every request and response model."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from shared.dates import CE_YEARS
from shared.errors import invalid_value

_WRONG_YEAR = invalid_value(
    "year_out_of_range",
    "ปีต้องเป็น ค.ศ. 1850 ถึง 2149 (ปี พ.ศ. ให้ลบด้วย 543)",
    "must be of the years 1850 to 2149 of the Common Era (a Buddhist year less 543)",
)


def in_our_time(value: date) -> date:
    """Return a day that somebody may mean; PydanticCustomError for one of another year, such as 2569.

    PostgreSQL's driver sends 0001-01-01 and 9999-12-31 as infinity besides, which has no year.
    """
    if value.year not in CE_YEARS:
        raise _WRONG_YEAR
    return value


Day = Annotated[date, AfterValidator(in_our_time)]
"""A day as a parameter of its own; models look after theirs."""


class _Dated(BaseModel):
    @model_validator(mode="after")
    def _in_our_time(self) -> Self:
        given = {name: getattr(self, name) for name in self.model_fields_set}
        wrong = [
            InitErrorDetails(type=_WRONG_YEAR, loc=(name,), input=value)
            for name, value in given.items()
            if isinstance(value, date) and value.year not in CE_YEARS
        ]
        if wrong:
            raise ValidationError.from_exception_data(type(self).__name__, wrong)
        return self


class Schema(_Dated):
    """A model of the API: unknown fields are refused, texts lose their outer blanks, numbers are finite.

    Days and times lie in the years 1850 to 2149.
    """

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        from_attributes=True,
    )


class Text(Schema):
    """A text that people read, in both languages (ไทย/อังกฤษ)."""

    th: str
    en: str


class Filters(_Dated):
    """The filters of a list, as a query model beside the paging parameters.

    `filters: Annotated[HouseholdFilters, Query()]`. Unknown names are refused by the route itself, which
    knows the paging parameters too; forbidding extras here would refuse those.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, use_attribute_docstrings=True)
