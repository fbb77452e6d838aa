"""The API of the funds service."""

from fastapi import FastAPI

from funds import examples
from funds.access import invitation_routes as access_invitations
from funds.access import routes as access
from funds.access.errors import CONSTRAINTS as ACCESS
from funds.account_books import routes as account_books
from funds.adjustments import routes as adjustments
from funds.adjustments.errors import CONSTRAINTS as ADJUSTMENTS
from funds.applications import decision_routes as application_decisions
from funds.applications import routes as applications
from funds.applications.errors import CONSTRAINTS as APPLICATIONS
from funds.bank_accounts import routes as bank_accounts
from funds.bank_accounts.errors import CONSTRAINTS as BANK_ACCOUNTS
from funds.book_imports import download_routes as book_import_downloads
from funds.book_imports import routes as book_imports
from funds.book_imports.errors import CONSTRAINTS as BOOK_IMPORTS
from funds.capital import routes as capital
from funds.capital.errors import CONSTRAINTS as CAPITAL
from funds.clinics import routes as clinics
from funds.clinics.errors import CONSTRAINTS as CLINICS
from funds.collection_sheets import routes as collection_sheets
from funds.committees import routes as committees
from funds.committees.errors import CONSTRAINTS as COMMITTEES
from funds.deaths import routes as deaths
from funds.deaths.errors import CONSTRAINTS as DEATHS
from funds.debtors import routes as debtors
from funds.demand import routes as demand
from funds.demand.errors import CONSTRAINTS as DEMAND
from funds.findings import routes as findings
from funds.findings.errors import CONSTRAINTS as FINDINGS
from funds.follow import routes as follow
from funds.follow.errors import CONSTRAINTS as FOLLOW
from funds.fund_settings import routes as fund_settings
from funds.fund_settings.errors import CONSTRAINTS as FUND_SETTINGS
from funds.fund_teams import routes as fund_teams
from funds.fund_teams.errors import CONSTRAINTS as FUND_TEAMS
from funds.grants import routes as grants
from funds.grants.errors import CONSTRAINTS as GRANTS
from funds.handovers import routes as handovers
from funds.handovers.errors import CONSTRAINTS as HANDOVERS
from funds.health_checks import routes as health_checks
from funds.health_checks.errors import CONSTRAINTS as HEALTH_CHECKS
from funds.holidays import routes as holidays
from funds.holidays.errors import CONSTRAINTS as HOLIDAYS
from funds.known_households import routes as known_households
from funds.ledger import routes as ledger
from funds.ledger.errors import CONSTRAINTS as LEDGER
from funds.loan_papers import routes as loan_papers
from funds.loans import routes as loans
from funds.loans.errors import CONSTRAINTS as LOANS
from funds.members import group_routes as borrower_groups
from funds.members import routes as members
from funds.members.errors import CONSTRAINTS as MEMBERS
from funds.periods import routes as periods
from funds.periods.errors import CONSTRAINTS as PERIODS
from funds.problem_cases import routes as problem_cases
from funds.problem_cases import survey_routes as problem_surveys
from funds.problem_cases.errors import CONSTRAINTS as PROBLEM_CASES
from funds.products import routes as products
from funds.products.errors import CONSTRAINTS as PRODUCTS
from funds.registry import routes as registry
from funds.registry.errors import CONSTRAINTS as REGISTRY
from funds.reliefs import routes as reliefs
from funds.reliefs.errors import CONSTRAINTS as RELIEFS
from funds.reminders import routes as reminders
from funds.repayments import routes as repayments
from funds.repayments.errors import CONSTRAINTS as REPAYMENTS
from funds.reports import routes as reports
from funds.savings import routes as savings
from funds.savings.errors import CONSTRAINTS as SAVINGS
from funds.savings_distributions import routes as savings_distributions
from funds.savings_distributions.errors import CONSTRAINTS as SAVINGS_DISTRIBUTIONS
from funds.savings_papers import routes as savings_papers
from funds.savings_sheets import routes as savings_sheets
from funds.savings_sheets.errors import CONSTRAINTS as SAVINGS_SHEETS
from funds.savings_welfare import routes as savings_welfare
from funds.savings_welfare.errors import CONSTRAINTS as SAVINGS_WELFARE
from funds.schedule_previews import routes as schedule_previews
from funds.settings import Settings
from funds.write_offs import routes as write_offs
from funds.write_offs.errors import CONSTRAINTS as WRITE_OFFS
from shared import instrument_routes, web
from shared.db import Database
from shared.errors import Refusal

TITLE = "Funds (กองทุนชุมชน)"
DESCRIPTION = (
    "Village money, lent well and repaid: the poverty fund (กข.คจ.), the women's fund, savings groups."
)
ROUTERS = [
    known_households.router,  # before /funds/{fund_id}
    bank_accounts.router,  # likewise
    registry.router,
    fund_settings.router,
    capital.router,
    committees.router,
    handovers.router,
    members.router,
    borrower_groups.router,
    account_books.router,
    loan_papers.router,
    products.router,
    schedule_previews.router,
    holidays.router,
    ledger.router,
    periods.router,
    adjustments.router,
    applications.router,
    application_decisions.router,
    grants.router,
    demand.router,  # before /loans/{loan_id}
    deaths.router,  # likewise
    loans.router,
    reliefs.router,
    write_offs.router,
    follow.router,
    reminders.router,
    repayments.router,
    collection_sheets.router,
    debtors.router,
    book_import_downloads.router,
    book_imports.router,
    savings.router,
    savings_distributions.router,
    savings_papers.router,
    savings_sheets.router,
    savings_welfare.router,
    reports.router,
    findings.router,  # before /health-checks/{check_id}
    health_checks.router,
    fund_teams.router,
    problem_cases.router,
    problem_surveys.router,
    clinics.router,
    access.router,
    access_invitations.router,
    instrument_routes.router("funds"),
]

CONSTRAINTS: dict[str, type[Refusal]] = {
    **REGISTRY,
    **BANK_ACCOUNTS,
    **FUND_SETTINGS,
    **CAPITAL,
    **COMMITTEES,
    **HANDOVERS,
    **MEMBERS,
    **LEDGER,
    **PERIODS,
    **ADJUSTMENTS,
    **BOOK_IMPORTS,
    **SAVINGS,
    **SAVINGS_DISTRIBUTIONS,
    **SAVINGS_SHEETS,
    **SAVINGS_WELFARE,
    **PRODUCTS,
    **HOLIDAYS,
    **APPLICATIONS,
    **GRANTS,
    **LOANS,
    **DEMAND,
    **RELIEFS,
    **WRITE_OFFS,
    **DEATHS,
    **FOLLOW,
    **REPAYMENTS,
    **FINDINGS,
    **HEALTH_CHECKS,
    **FUND_TEAMS,
    **PROBLEM_CASES,
    **CLINICS,
    **ACCESS,
}
"""What a broken constraint of the database means to the caller."""


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """Return the service's app; `database` is given where a worker in the same process shares it."""
    app = web.create_app(
        name="funds",
        title=TITLE,
        description=DESCRIPTION,
        settings=settings,
        routers=ROUTERS,
        constraints=CONSTRAINTS,
        database=database,
    )
    examples.install(app)
    return app
