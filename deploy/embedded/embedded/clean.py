"""Remove the data folder: `python -m embedded.clean`. Only a folder that Chumchon made is removed."""

import shutil
import sys

from embedded.layout import Layout
from shared.servers.postgres import PrivatePostgres


def main() -> None:
    """Stop a server that a killed run left, then remove database, secrets and files."""
    layout = Layout.from_environment()
    if not layout.folder.exists():
        print(f"{layout.folder}: nothing there")
        return
    if not layout.mark.exists():
        sys.exit(f"{layout.folder} is not a data folder of Chumchon; nothing was removed")
    PrivatePostgres(layout.database).remove()
    shutil.rmtree(layout.folder)
    print(f"{layout.folder}: removed")


if __name__ == "__main__":
    main()
