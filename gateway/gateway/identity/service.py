"""What identity does: tokens issued and taken back, principals and their grants kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from gateway.identity.errors import InvalidScope, RoleNeeded, UnknownPrincipal
from gateway.identity.models import GrantRow, PrincipalRow, RevokedToken
from gateway.identity.passwords import hashed
from gateway.identity.queries import Grants, grants_of, principal_named
from gateway.identity.roles import scopes_by_role
from shared import audit, tokens
from shared.ids import uuid7
from shared.security import Principal

ACCESS_SECONDS = 600
ACCESS_TYP = "at+jwt"
AUDIENCE = "chumchon"
"""The one resource that access tokens are for: the API behind the gateway."""
LOGIN_CLIENT = "demo-login"
"""The `client_id` of tokens made by the command line."""


COMMAND_LINE = Principal("command-line", None, frozenset(), (), (), "")
"""Who acts when somebody with the database's password runs one of our commands."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs access tokens, and under which name."""

    url: str
    key: tokens.SigningKey


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token as the caller gets it."""

    token: str
    scopes: frozenset[str]
    seconds: int = ACCESS_SECONDS


async def issue(
    session: AsyncSession,
    issuer: Issuer,
    *,
    principal: PrincipalRow,
    client_id: str,
    wanted: frozenset[str] | None,
    role: str | None,
    now: datetime,
) -> Issued:
    """Return an access token (RFC 9068) for one role of the principal, and leave an audit row.

    `wanted` narrows the scopes. Raises InvalidScope, and RoleNeeded when she holds several roles and none
    (or one that she does not hold) is named.
    """
    grants = await grants_of(session, principal_id=principal.id)
    grants = in_one_role(grants, role)
    scopes = grants.scopes
    if wanted is not None:
        if not wanted <= scopes:
            raise InvalidScope
        scopes = wanted
    issued_at = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer.url,
        "aud": AUDIENCE,
        "sub": str(principal.id),
        "client_id": client_id,
        "iat": issued_at,
        "exp": issued_at + ACCESS_SECONDS,
        "jti": uuid7().hex,
        "scope": " ".join(sorted(scopes)),
        "role": next(iter(grants.roles), ""),
        "gv": grants.grant_version,
    }
    actor = Principal(str(principal.id), client_id, scopes, grants.areas, grants.roles, "")
    await audit.record(
        session,
        principal=actor,
        action="token.issue",
        subjects=[principal.id],
        now=now,
        detail={"jti": claims["jti"]},
    )
    return Issued(tokens.issue(claims, issuer.key, typ=ACCESS_TYP), scopes)


def in_one_role(grants: Grants | None, role: str | None) -> Grants:
    """Return what is held in one role. Raises RoleNeeded."""
    if grants is None:
        raise RoleNeeded
    if role is not None and role in grants.roles:
        return grants.of_role(role)
    if role is None and len(grants.roles) <= 1:
        return grants
    raise RoleNeeded


async def revoke(
    session: AsyncSession, *, client: PrincipalRow, claims: dict[str, Any], now: datetime
) -> None:
    """Take back an access token of `client`; it is refused within 60 seconds. Forgets those that expired."""
    await session.execute(delete(RevokedToken).where(col(RevokedToken.expires_at) < now - timedelta(hours=1)))
    row = {
        "jti": claims["jti"],
        "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
        "revoked_at": now,
    }
    await session.execute(insert(RevokedToken).values(row).on_conflict_do_nothing())
    await audit.record(
        session,
        principal=Principal(str(client.id), client.name, frozenset(), (), (), ""),
        action="token.revoke",
        subjects=[UUID(claims["sub"])],
        now=now,
        detail={"jti": claims["jti"]},
    )


async def keep_principal(
    session: AsyncSession, *, name: str, kind: str, label: str, now: datetime, secret: str | None = None
) -> PrincipalRow:
    """Return the user or client of this name, made when missing; a given secret becomes its secret."""
    row = {"id": uuid7(), "kind": kind, "name": name, "label": label, "active": True, "created_at": now}
    values = {**row, "grant_version": 1, "secret_hash": None if secret is None else hashed(secret)}
    changed = {"label": label, "active": True} | (
        {} if secret is None else {"secret_hash": values["secret_hash"]}
    )
    statement = insert(PrincipalRow).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))
    found = await principal_named(session, name=name, kind=kind)
    if found is None:
        raise UnknownPrincipal(name)  # the name belongs to the other kind
    return found


async def keep_grants(
    session: AsyncSession, *, principal_id: UUID, grants: Iterable[tuple[str, str]], now: datetime
) -> bool:
    """Let the principal hold exactly these pairs of role and area; return whether that changed anything.

    A change raises the grant version and holds everywhere within 60 seconds. ValueError for an unknown role.
    """
    wanted = set(grants)
    for role, _ in wanted:
        if role not in scopes_by_role():
            raise ValueError(f"there is no role {role!r}")
    # The row lock lets two changes of one principal follow each other.
    await session.execute(
        select(col(PrincipalRow.id)).where(col(PrincipalRow.id) == principal_id).with_for_update()
    )
    rows = (
        await session.execute(select(GrantRow).where(col(GrantRow.principal_id) == principal_id))
    ).scalars()
    held = {(row.role, row.area): row for row in rows}
    if held.keys() == wanted:
        return False
    for pair in held.keys() - wanted:
        await session.delete(held[pair])
    for role, area in sorted(wanted - held.keys()):
        session.add(GrantRow(principal_id=principal_id, role=role, area=area, created_at=now))
    version = col(PrincipalRow.grant_version)
    raised = (
        update(PrincipalRow).where(col(PrincipalRow.id) == principal_id).values(grant_version=version + 1)
    )
    await session.execute(raised)
    await audit.record(
        session,
        principal=COMMAND_LINE,
        action="grant.change",
        subjects=[principal_id],
        now=now,
        detail={"grants": [f"{role}:{area}" for role, area in sorted(wanted)]},
    )
    return True


async def switch_off(session: AsyncSession, *, name: str, now: datetime) -> None:
    """Let a user or client in no more; holds within 60 seconds. Raises UnknownPrincipal."""
    off = update(PrincipalRow).where(col(PrincipalRow.name) == name, col(PrincipalRow.active))
    found = (
        await session.execute(off.values(active=False).returning(col(PrincipalRow.id)))
    ).scalar_one_or_none()
    if found is None:
        raise UnknownPrincipal(name)
    await audit.record(
        session, principal=COMMAND_LINE, action="principal.switch_off", subjects=[found], now=now
    )
