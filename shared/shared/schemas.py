"""The base of every request and response model."""

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """A model of the API: unknown fields are refused, texts lose their outer blanks, numbers are finite."""

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


class Filters(BaseModel):
    """The filters of a list, as a query model beside the paging parameters.

    `filters: Annotated[HouseholdFilters, Query()]`. Unknown names are refused by the route itself, which
    knows the paging parameters too; forbidding extras here would refuse those.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, use_attribute_docstrings=True)
