"""A caller of a service under test: an HTTP client with a token of certain scopes and areas."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from httpx import AsyncClient, Response

from shared.testing.identity import TestIssuer


@dataclass(frozen=True)
class Caller:
    """Calls `service` with a fresh token each time, as the gateway would."""

    client: AsyncClient
    issuer: TestIssuer
    service: str
    scopes: frozenset[str] = frozenset()
    areas: tuple[str, ...] = ("",)
    subject: str = "user:tester"

    def where(self, *areas: str) -> "Caller":
        """Return the same caller with other areas."""
        return replace(self, areas=areas)

    def may(self, *scopes: str) -> "Caller":
        """Return the same caller with these scopes beside her own."""
        return replace(self, scopes=self.scopes | set(scopes))

    def only(self, scopes: Iterable[str]) -> "Caller":
        """Return the same caller with these scopes instead of her own."""
        return replace(self, scopes=frozenset(scopes))

    def named(self, subject: str) -> "Caller":
        """Return another person with the same rights."""
        return replace(self, subject=subject)

    async def request(self, method: str, path: str, **options: Any) -> Response:
        """Send a request; options as httpx takes them."""
        token = self.issuer.headers(self.service, scopes=self.scopes, areas=self.areas, sub=self.subject)
        headers = {**token, **options.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **options)

    async def get(self, path: str, **params: Any) -> Response:
        """Read; keyword arguments are the query."""
        return await self.request("GET", path, params=params)

    async def post(self, path: str, body: Any, **headers: str) -> Response:
        """Send a JSON body."""
        return await self.request("POST", path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, *, if_match: str) -> Response:
        """Send a merge patch for the version seen."""
        return await self.request("PATCH", path, json=body, headers={"If-Match": if_match})
