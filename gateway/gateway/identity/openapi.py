"""How the OAuth endpoints look in the API document; they read their form themselves."""

from typing import Any

_BASIC: list[dict[str, list[str]]] = [{"client": []}, {}]
_REFUSED: dict[str, Any] = {
    "description": "An error of RFC 6749",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
            },
            "example": {"error": "invalid_client"},
        }
    },
}


def _form(example: dict[str, str], **fields: str) -> dict[str, Any]:
    required = [name for name in fields if name in {"grant_type", "token"}]
    schema = {
        "type": "object",
        "required": required,
        "properties": {name: {"type": "string", "description": text} for name, text in fields.items()},
    }
    media = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"required": True, "content": media}


_WHICH = "The token in question"
_SECRET = {
    "client_id": "The client, unless it is in the Authorization header",
    "client_secret": "Its secret, unless it is in the Authorization header",
}

TOKEN: dict[str, Any] = {
    "security": _BASIC,
    "requestBody": _form(
        {"grant_type": "client_credentials", "scope": "areas:read poverty:read"},
        grant_type="client_credentials",
        scope="Scopes to narrow the token to, with blanks between",
        role="The role to act in, where the client holds several",
        **_SECRET,
    ),
    "responses": {
        "200": {
            "description": "An access token (RFC 9068), valid for 10 minutes",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["access_token", "token_type", "expires_in", "scope"],
                        "properties": {
                            "access_token": {"type": "string"},
                            "token_type": {"const": "Bearer"},
                            "expires_in": {"type": "integer", "description": "Seconds"},
                            "scope": {"type": "string"},
                        },
                    },
                    "example": {
                        "access_token": "eyJ…",
                        "token_type": "Bearer",
                        "expires_in": 600,
                        "scope": "areas:read poverty:read",
                    },
                }
            },
        },
        "400": _REFUSED,
        "401": _REFUSED,
        "429": _REFUSED,
        "503": _REFUSED,
    },
}

INTROSPECT: dict[str, Any] = {
    "security": _BASIC,
    "requestBody": _form({"token": "eyJ…"}, token=_WHICH, **_SECRET),
    "responses": {
        "200": {
            "description": "Whether the token is active, and its claims when it is",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["active"],
                        "properties": {"active": {"type": "boolean"}},
                    },
                    "example": {"active": False},
                }
            },
        },
        "400": _REFUSED,
        "401": _REFUSED,
        "429": _REFUSED,
    },
}

REVOKE: dict[str, Any] = {
    "security": _BASIC,
    "requestBody": _form({"token": "eyJ…"}, token=_WHICH, **_SECRET),
    "responses": {
        "200": {
            "description": "The token is not valid any more, or never was",
            "content": {"application/json": {"schema": {"type": "object"}, "example": {}}},
        },
        "400": _REFUSED,
        "401": _REFUSED,
        "429": _REFUSED,
    },
}
