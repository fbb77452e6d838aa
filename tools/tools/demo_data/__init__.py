"""Feed editions of any size, of people who do not exist.

`generate` makes an edition, `next_edition` one that differs from another by a given share; both write
the files, their manifest and `expected.json`, the figures an importer must reach. The same arguments
always give the same bytes. From the command line: `python -m tools.demo_data --help`.
"""

from tools.demo_data.edition import generate, next_edition
from tools.demo_data.formats import Form

__all__ = ["Form", "generate", "next_edition"]
