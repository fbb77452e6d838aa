"""Who may do what: one name for each scope that operations of this service ask for."""

from typing import Annotated

from shared.security import Principal, requires

AreaReader = Annotated[Principal, requires("areas:read")]
HouseholdReader = Annotated[Principal, requires("households:read")]
HouseholdWriter = Annotated[Principal, requires("households:write")]
CaseReader = Annotated[Principal, requires("cases:read")]
CaseWriter = Annotated[Principal, requires("cases:write")]
CaseApprover = Annotated[Principal, requires("cases:approve")]
CommitteeReader = Annotated[Principal, requires("committees:read")]
CommitteeWriter = Annotated[Principal, requires("committees:write")]
MeetingWriter = Annotated[Principal, requires("meetings:write")]
FeedReader = Annotated[Principal, requires("feeds:read")]
FeedWriter = Annotated[Principal, requires("feeds:write")]
PovertyReader = Annotated[Principal, requires("poverty:read")]
