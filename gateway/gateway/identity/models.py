"""Tables of identity, in the gateway's schema."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text
from sqlmodel import Field, SQLModel

from shared.db import new_registry
from shared.ids import uuid7

CODE = Text(collation="C")


class Base(SQLModel, registry=new_registry()):
    """Base of the gateway's tables."""


class PrincipalRow(Base, table=True):
    """Somebody or something with rights: a user (ผู้ใช้) or a client system (ระบบผู้ใช้งาน)."""

    __tablename__ = "principals"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    kind: str = Field(sa_type=CODE)
    name: str = Field(sa_type=CODE, unique=True)
    """A user's login name or a client's `client_id`: one name space, so a name means one principal."""
    label: str = Field(sa_type=Text)
    secret_hash: str | None = Field(default=None, sa_type=Text)
    """argon2id, of clients only; users get passwords later."""
    active: bool = True
    grant_version: int = Field(default=1, sa_type=BigInteger)
    """Goes up with every change of rights."""
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class GrantRow(Base, table=True):
    """A role held for an area and everything below it; "" is the whole country."""

    __tablename__ = "grants"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    principal_id: UUID = Field(foreign_key="principals.id", index=True)
    role: str = Field(sa_type=CODE)
    area: str = Field(sa_type=CODE)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class RevokedToken(Base, table=True):
    """An access token taken back before its time; the row may go when the token has expired."""

    __tablename__ = "revoked_tokens"

    jti: str = Field(sa_type=CODE, primary_key=True)
    expires_at: datetime = Field(sa_type=DateTime(timezone=True))
    revoked_at: datetime = Field(sa_type=DateTime(timezone=True))
