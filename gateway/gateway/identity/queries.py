"""What identity reads."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Executable, exists, false, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gateway.identity.models import GrantRow, PrincipalRow, RevokedToken
from gateway.identity.roles import scopes_of
from shared.db import fetch


@dataclass(frozen=True, slots=True)
class Grants:
    """What a principal holds at this moment."""

    grant_version: int
    held: tuple[tuple[str, str], ...]
    """Pairs of role and area."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles, each once, in order."""
        return tuple(sorted({role for role, _ in self.held}))

    def of_role(self, role: str) -> "Grants":
        """Return what is held in one role: areas of one never widen the scopes of another."""
        return Grants(self.grant_version, tuple(pair for pair in self.held if pair[0] == role))

    @property
    def areas(self) -> tuple[str, ...]:
        """Return the areas without those inside another of them."""
        wide: list[str] = []
        for area in sorted({area for _, area in self.held}):
            if not any(area.startswith(one) for one in wide):
                wide.append(area)
        return tuple(wide)

    @property
    def scopes(self) -> frozenset[str]:
        """Return what the roles may do."""
        return scopes_of(self.roles)


async def principal_named(session: AsyncSession, *, name: str, kind: str) -> PrincipalRow | None:
    """Return the active user or client of this name."""
    wanted = select(PrincipalRow).where(
        col(PrincipalRow.name) == name, col(PrincipalRow.kind) == kind, col(PrincipalRow.active)
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def grants_of(session: AsyncSession, *, principal_id: UUID, jti: str | None = None) -> Grants | None:
    """Return what an active principal holds; None also when the token `jti` was taken back."""
    rows = await fetch(session, _grants(principal_id, jti))
    if not rows or rows[0]["revoked"]:
        return None
    pairs = zip(rows[0]["roles"] or (), rows[0]["areas"] or (), strict=True)
    return Grants(rows[0]["grant_version"], tuple(pairs))


def _grants(principal_id: UUID, jti: str | None) -> Executable:
    role, area = col(GrantRow.role), col(GrantRow.area)
    held = col(GrantRow.id).is_not(None)
    revoked = false() if jti is None else exists().where(col(RevokedToken.jti) == jti)
    return (
        select(
            col(PrincipalRow.grant_version),
            func.array_agg(aggregate_order_by(role, role, area)).filter(held).label("roles"),
            func.array_agg(aggregate_order_by(area, role, area)).filter(held).label("areas"),
            func.coalesce(revoked, false()).label("revoked"),
        )
        .select_from(PrincipalRow)
        .outerjoin(GrantRow, col(GrantRow.principal_id) == col(PrincipalRow.id))
        .where(col(PrincipalRow.id) == principal_id, col(PrincipalRow.active))
        .group_by(col(PrincipalRow.id))
    )


async def is_revoked(session: AsyncSession, *, jti: str) -> bool:
    """Tell whether a token was taken back."""
    return bool((await session.execute(select(exists().where(col(RevokedToken.jti) == jti)))).scalar())
