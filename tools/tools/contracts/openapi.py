"""OpenAPI documents, as the services themselves answer them."""

import importlib
import tempfile
from pathlib import Path

import orjson

from shared import citizen, keyfiles


def document(service: str) -> bytes:
    """Return a service's OpenAPI document; the app is made with settings of its own and never runs."""
    settings = importlib.import_module(f"{service}.settings").Settings
    create_app = importlib.import_module(f"{service}.app").create_app
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keyfiles.make(folder / keyfiles.CURSOR_KEY)
        citizen.make_keys(folder)
        app = create_app(
            settings(
                environment="test",
                database_url="postgresql://nobody@localhost/nothing",
                secrets_folder=folder,
                internal_jwks='{"keys": []}',
                files_url=f"file://{folder}",
            )
        )
        return orjson.dumps(app.openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
