"""What the gateway is told by its environment. No secret has a default."""

import json
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the gateway, read from `CHUMCHON_GATEWAY_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_GATEWAY_", extra="ignore", frozen=True)

    environment: Literal["embedded", "production", "test"] = "production"
    database_url: str = Field(description="The app role's connection, postgresql://…")
    owner_database_url: str | None = Field(
        default=None, description="The owner role's connection; only migrations need it"
    )
    pool_size: int = Field(default=4, ge=1, le=100, description="Connections of one process, at most")
    statement_timeout: int = Field(default=5_000, ge=0, description="Milliseconds a statement may take")
    services: Annotated[dict[str, str], NoDecode] = Field(
        description="Where the services answer: households=http://127.0.0.1:8101,funds=http://127.0.0.1:8102"
    )
    secrets_folder: Path = Field(description="Holds the signing keys; never the database")
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The address callers use: issuer of the tokens, server of the API document",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(),
        description="Networks whose X-Forwarded-For is believed: 10.0.0.0/8,fd00::/8; none by default",
    )
    deadline: float = Field(default=30.0, gt=0, description="Seconds a service may take to begin its answer")
    idle_limit: float = Field(
        default=60.0, gt=0, description="Seconds a body or an event stream may stand still, either way"
    )

    @field_validator("services", mode="before")
    @classmethod
    def _read_pairs(cls, value: Any) -> Any:
        if isinstance(value, str):
            pairs = (pair.strip().partition("=") for pair in value.split(",") if pair.strip())
            return {name: address for name, _, address in pairs}
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_list(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value.startswith("["):
            return json.loads(value)
        return [one.strip() for one in value.split(",") if one.strip()]

    @field_validator("services")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for name, address in value.items():
            if not name.isidentifier() or not address.startswith(("http://", "https://")):
                raise ValueError(f"{name}={address} does not name a service and its address")
        return {name: address.rstrip("/") for name, address in value.items()}

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")
