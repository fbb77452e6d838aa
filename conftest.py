"""What pytest must know before it collects.

It names a test's module after its folders (`tools.tests.test_…`); where a member's folder is called like
its package, the package has to be there first, or the folder takes its name. Likewise `tests`, which is all
members' together, or it would be that of the first folder that is collected.
"""

from hypothesis import HealthCheck, settings

import gateway
import tests
import tools

__all__ = ["gateway", "tests", "tools"]

# A loaded machine is no reason for a property test to fail. Where CI is set, hypothesis draws the same
# examples every time.
settings.register_profile("chumchon", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("chumchon")
