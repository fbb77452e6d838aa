"""What the service says of a thing but does not take: no field can be set that is not asked for."""

from typing import Any

import pytest
from pydantic import ValidationError

from funds.adjustments import schemas as adjustments
from funds.applications import decision_schemas as decisions
from funds.applications import schemas as applications
from funds.bank_accounts import schemas as bank_accounts
from funds.capital import schemas as capital
from funds.committees import schemas as committees
from funds.fund_settings import schemas as fund_settings
from funds.grants import schemas as grants
from funds.handovers import schemas as handovers
from funds.members import schemas as members
from funds.registry import schemas as registry
from funds.reliefs import schemas as reliefs
from funds.write_offs import schemas as write_offs
from shared.schemas import Schema

TAKEN_AND_SAID: list[tuple[type[Schema], type[Schema]]] = [
    (registry.NewFund, registry.FundOut),
    (registry.FundChange, registry.FundOut),
    (bank_accounts.NewBankAccount, bank_accounts.BankAccountOut),
    (bank_accounts.BankAccountChange, bank_accounts.BankAccountOut),
    (capital.NewCapital, capital.CapitalOut),
    (committees.NewFundCommitteeMember, committees.FundCommitteeMemberOut),
    (committees.FundCommitteeMemberChange, committees.FundCommitteeMemberOut),
    (committees.NewFundMeeting, committees.FundMeetingOut),
    (committees.FundMeetingChange, committees.FundMeetingOut),
    (fund_settings.NewFundSetting, fund_settings.FundSettingOut),
    (handovers.NewHandover, handovers.HandoverOut),
    (handovers.HandoverChange, handovers.HandoverOut),
    (members.NewFundMember, members.FundMemberOut),
    (members.FundMemberChange, members.FundMemberOut),
    (members.NewBorrowerGroup, members.BorrowerGroupDetail),
    (members.BorrowerGroupChange, members.BorrowerGroupDetail),
    (applications.NewApplication, decisions.ApplicationOut),
    (applications.ApplicationChange, decisions.ApplicationOut),
    (decisions.NewDecision, decisions.DecisionOut),
    (grants.NewGrant, grants.GrantOut),
    (reliefs.NewRelief, reliefs.ReliefDetail),
    (write_offs.NewWriteOff, write_offs.WriteOffOut),
    (adjustments.NewAdjustment, adjustments.AdjustmentOut),
]
READ_ONLY = [
    (taken, field)
    for taken, said in TAKEN_AND_SAID
    for field in said.model_fields
    if field not in taken.model_fields
]


@pytest.mark.parametrize(
    ("taken", "field"), READ_ONLY, ids=[f"{taken.__name__}.{field}" for taken, field in READ_ONLY]
)
def test_a_field_that_is_only_said_is_refused(taken: type[Schema], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        taken.model_validate({field: "1"})
    found: list[Any] = refusal.value.errors()
    assert ("extra_forbidden", (field,)) in [(one["type"], one["loc"]) for one in found]


@pytest.mark.parametrize(
    "taken", [taken for taken, _ in TAKEN_AND_SAID], ids=lambda model: str(model.__name__)
)
def test_what_is_taken_has_an_example_that_is_valid(taken: type[Schema]) -> None:
    extra = taken.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    for example in examples:
        taken.model_validate(example)
