"""The API of the funds service."""

from fastapi import FastAPI

from funds.capital import routes as capital
from funds.capital.errors import CONSTRAINTS as CAPITAL
from funds.committees import routes as committees
from funds.committees.errors import CONSTRAINTS as COMMITTEES
from funds.known_households import routes as known_households
from funds.ledger.errors import CONSTRAINTS as LEDGER
from funds.members import group_routes as borrower_groups
from funds.members import routes as members
from funds.members.errors import CONSTRAINTS as MEMBERS
from funds.registry import routes as registry
from funds.registry.errors import CONSTRAINTS as REGISTRY
from funds.settings import Settings
from shared import instrument_routes, web
from shared.db import Database
from shared.errors import Refusal

TITLE = "Funds (กองทุนชุมชน)"
DESCRIPTION = (
    "Village money, lent well and repaid: the poverty fund (กข.คจ.), the women's fund, savings groups."
)
ROUTERS = [
    known_households.router,  # before /funds/{fund_id}
    registry.router,
    capital.router,
    committees.router,
    members.router,
    borrower_groups.router,
    instrument_routes.router("funds"),
]

CONSTRAINTS: dict[str, type[Refusal]] = {
    **REGISTRY,
    **CAPITAL,
    **COMMITTEES,
    **MEMBERS,
    **LEDGER,
}
"""What a broken constraint of the database means to the caller."""


def create_app(settings: Settings, *, database: Database | None = None) -> FastAPI:
    """Return the service's app; `database` is given where a worker in the same process shares it."""
    return web.create_app(
        name="funds",
        title=TITLE,
        description=DESCRIPTION,
        settings=settings,
        routers=ROUTERS,
        constraints=CONSTRAINTS,
        database=database,
    )
