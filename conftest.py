"""What pytest must know before it collects.

It names a test's module after its folders (`tools.tests.test_…`); where a member's folder is called like
its package, the package has to be there first, or the folder takes its name.
"""

import gateway
import tools

__all__ = ["gateway", "tools"]
