"""What the tourism service is told by its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the tourism service, read from `CHUMCHON_TOURISM_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_TOURISM_")
