"""Settings of the property tests: a loaded machine is no reason to fail."""

from hypothesis import HealthCheck, settings

settings.register_profile("chumchon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chumchon")
