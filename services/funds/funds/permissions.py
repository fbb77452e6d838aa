"""Who may do what: one name for each scope that operations of this service ask for."""

from typing import Annotated

from shared.security import Principal, requires

FundReader = Annotated[Principal, requires("funds:read")]
