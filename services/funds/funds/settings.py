"""What the funds service is told by its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the funds service, read from `CHUMCHON_FUNDS_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_FUNDS_")
