"""What every service is told by its environment. No secret has a default."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings each service has; a service adds its own and names its prefix, `CHUMCHON_<SERVICE>_`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Literal["embedded", "production", "test"] = "production"
    database_url: str = Field(description="The app role's connection, postgresql://…")
    owner_database_url: str | None = Field(
        default=None, description="The owner role's connection; only migrations need it"
    )
    pool_size: int = Field(default=8, ge=1, le=100, description="Connections of one process, at most")
    statement_timeout: int = Field(
        default=30_000, ge=0, description="Milliseconds a request's statement may take"
    )
    amqp_url: str | None = Field(default=None, description="RabbitMQ; none means events stay in the process")
    secrets_folder: Path = Field(description="Holds the keys: citizen id cipher and index, cursor signing")
    internal_jwks: str = Field(description="The gateway's public keys for internal tokens, a JWKS document")
    files_url: str = Field(description="Where files lie: file:///folder or s3://bucket/prefix")
    docs_url: str = Field(default="/docs", description="Where people find the API pages")
    otlp_endpoint: str | None = Field(
        default=None, description="OpenTelemetry collector; none exports nothing"
    )
