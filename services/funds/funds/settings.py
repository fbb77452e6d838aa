"""What the funds service is told by its environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the funds service, read from `CHUMCHON_FUNDS_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_FUNDS_")

    notice_webhook_url: str | None = Field(
        default=None, description="Where messages to borrowers are posted, signed: a LINE, SMS or mail sender"
    )
    notice_webhook_secret: str | None = Field(
        default=None, description="The webhook's signing key, Standard Webhooks: whsec_ and base64"
    )
    notice_webhook_private: bool = Field(
        default=False, description="The webhook may be plain http and inside: tests and demos only"
    )
    notice_folder: Path | None = Field(
        default=None, description="Without a webhook messages are files here; else beside the other files"
    )
