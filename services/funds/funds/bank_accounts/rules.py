"""What is true of a bank account's number."""

import re

from shared.thai import clean_text, normalise_digits

_NUMBER = re.compile(r"[0-9]{8,15}")
_SIGNS = re.compile(r"[\s.-]")
SHOWN_DIGITS = 4


def account_digits(text: str) -> str:
    """Return an account number as its 8 to 15 digits, 020-1-23456-7 as 0201234567; ValueError otherwise."""
    digits = _SIGNS.sub("", normalise_digits(clean_text(text)))
    if not _NUMBER.fullmatch(digits):
        raise ValueError("a bank account number has 8 to 15 digits")
    return digits


def masked(digits: str) -> str:
    """Return the last four digits, the others as x."""
    return "x" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:]
