"""What is asked of a letter."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.free_text import FreeText
from shared.schemas import Filters


class LetterAsked(Filters):
    """Number, day to pay by, and to whom a demand letter goes."""

    letter_no: Annotated[str, Field(min_length=1, max_length=60, examples=["กพส 7/2569"])]
    """The letter's number in the fund's register (เลขที่หนังสือ)."""
    pay_by: date
    """The day until which to pay."""
    contact: Annotated[FreeText, Field(max_length=200)] | None = None
    """Whom to call or visit; the committee when absent."""
    guarantor: Annotated[int, Field(ge=1, le=50)] | None = None
    """To the guarantor of this number; to the borrower when absent."""
