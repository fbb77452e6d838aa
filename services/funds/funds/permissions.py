"""Who may do what: one name for each scope that operations of this service ask for."""

from typing import Annotated

from shared.security import Principal, requires

FundReader = Annotated[Principal, requires("funds:read")]
FundWriter = Annotated[Principal, requires("funds:write")]
FundApprover = Annotated[Principal, requires("funds:approve")]
LoanReader = Annotated[Principal, requires("loans:read")]
LoanWriter = Annotated[Principal, requires("loans:write")]
LoanApprover = Annotated[Principal, requires("loans:approve")]
LedgerReader = Annotated[Principal, requires("ledgers:read")]
LedgerWriter = Annotated[Principal, requires("ledgers:write")]
SavingsReader = Annotated[Principal, requires("savings:read")]
SavingsWriter = Annotated[Principal, requires("savings:write")]
BookImporter = Annotated[Principal, requires("imports:write")]
DebtorSurveyor = Annotated[Principal, requires("debtors:write")]
