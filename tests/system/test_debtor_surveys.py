"""Who asks debtors in a survey, by the demo people's rights: the district does, though it writes no loan."""

from uuid import uuid4

import pytest

from tools.demo.api import House, Refused

ASKING = ("district3415", "tambon341501", "fund341522-1", "fund34190401-1")
OTHERS = ("province34", "fund3415", "auditor", "department", "chair3415")


@pytest.mark.parametrize("who", [*ASKING, *OTHERS])
def test_a_survey_is_completed_by_who_may_ask_debtors(house: House, who: str) -> None:
    with pytest.raises(Refused) as refused:
        house.person(who).post(f"/v1/problem-cases/{uuid4()}/surveys/1/completion", {})
    expected = "problem_case_not_found" if who in ASKING else "scope_missing"
    assert refused.value.code == expected


def test_the_district_writes_no_loan(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.person("district3415").post("/v1/repayments", {})
    assert refused.value.code == "scope_missing"
