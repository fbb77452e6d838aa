"""What the otop service is told by its environment."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the otop service, read from `CHUMCHON_OTOP_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_OTOP_")
