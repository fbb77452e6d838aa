"""What the token endpoint refuses, in the words of RFC 6749 section 5.2 and RFC 7009."""

from typing import ClassVar


class OAuthError(Exception):
    """A refusal of an OAuth endpoint; these have a form of their own, not that of a problem."""

    status: ClassVar[int] = 400
    error: ClassVar[str] = "invalid_request"

    def __init__(self, description: str = "", *, retry_after: int | None = None) -> None:
        """Say why in ASCII (RFC 6749); `retry_after` in seconds."""
        super().__init__(self.error)
        self.description = description
        self.retry_after = retry_after


class InvalidRequest(OAuthError):  # noqa: N818  # RFC 6749's word
    """A parameter is missing, twice there, or not of its form."""


class InvalidClient(OAuthError):  # noqa: N818  # RFC 6749's word
    """The client is not known, or its secret is wrong; both look the same from outside."""

    status, error = 401, "invalid_client"


class InvalidScope(OAuthError):  # noqa: N818  # RFC 6749's word
    """A wanted scope is not among the client's."""

    error = "invalid_scope"


class UnsupportedGrant(OAuthError):  # noqa: N818  # RFC 6749's word
    """A grant type that is not offered."""

    error = "unsupported_grant_type"


class SlowDown(OAuthError):  # noqa: N818  # RFC 6749's word
    """Too many attempts from here."""

    status, error = 429, "slow_down"


class Busy(OAuthError):  # noqa: N818  # RFC 6749's word
    """Too many secrets are being checked at this moment."""

    status, error = 503, "temporarily_unavailable"


class RoleNeeded(Exception):  # noqa: N818  # named after the fact
    """The principal holds several roles, and the token is for one of them: it must be named."""


class UnknownPrincipal(LookupError):  # noqa: N818  # named after the fact
    """There is no active user or client of this name."""
