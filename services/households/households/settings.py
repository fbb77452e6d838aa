"""What the households service is told by its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of the households service, read from `CHUMCHON_HOUSEHOLDS_…`."""

    model_config = SettingsConfigDict(env_prefix="CHUMCHON_HOUSEHOLDS_")

    feed_pulls_private: bool = Field(
        default=False, description="Let feed pulls reach plain http and addresses inside; tests and demo only"
    )
