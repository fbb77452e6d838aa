"""The columns of a feed edition, in the order of its files."""

from typing import Final

HOUSEHOLD_INDICATORS: Final = (
    "i04", "i05", "i08", "i09", "i10", "i11", "i12", "i13", "i14", "i22", "i23", "i30", "i31",
)  # fmt: skip
PERSON_INDICATORS: Final = (
    "i01", "i02", "i03", "i06", "i07", "i15", "i16", "i17", "i18", "i19", "i20", "i21",
    "i24", "i25", "i26", "i27", "i28", "i29",
)  # fmt: skip
HOUSEHOLDS: Final = (
    "edition_year", "house_id", "house_no", "village_code", "lat", "lon", "members",
    "income_main", "income_extra", "income_other", "income_in_kind",
    "expense_production", "expense_needs", "expense_wants", "expense_debt",
    *HOUSEHOLD_INDICATORS,
)  # fmt: skip
PERSONS: Final = (
    "house_id", "citizen_id", "prefix", "first_name", "last_name", "sex", "birth_date",
    "relation", "occupation", "disabled", "chronic_ill", "drug_treated",
    *PERSON_INDICATORS,
)  # fmt: skip
WELFARE: Final = ("citizen_id", "registered", "verified")

FILES: Final = {"households": HOUSEHOLDS, "persons": PERSONS, "welfare": WELFARE}

DIMENSIONS: Final = {
    "health": ("i01", "i04", "i05", "i07"),
    "living": ("i08", "i09", "i10", "i11"),
    "education": ("i15", "i16", "i17", "i19"),
    "income": ("i20", "i21", "i22"),
    "access": ("i27", "i28"),
}
"""Indicators of each poverty dimension (TPMAP, five dimensions out of the 2560-2564 survey)."""
