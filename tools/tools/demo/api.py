"""The API as a client system and as the demo's people use it."""

import json
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx

_EARLY = 60.0
"""Seconds before its end at which a token is replaced."""
_LIFE = 600.0

Found = TypeVar("Found")
Job = dict[str, Any]


class Refused(Exception):  # noqa: N818  # named after the fact
    """The API refused a request; the text is its problem's code, title and detail."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            problem = response.json()
        except ValueError:
            problem = {"title": response.text[:200]}
        wrong = [f"{one['pointer']} {one['detail']}" for one in problem.get("errors") or []]
        detail = "; ".join(wrong) or problem.get("detail", "")
        super().__init__(
            f"{response.request.method} {response.request.url.path} → {response.status_code} "
            f"{problem.get('code', '')}: {problem.get('title', '')} {detail}".strip()
        )
        self.status = response.status_code
        self.code = problem.get("code")
        self.problem = problem


class JobFailed(Exception):  # noqa: N818  # named after the fact
    """A job ended without success; the text is what it says of itself."""


class Caller:
    """Somebody with a token: the installation's client, or one of the demo's people."""

    def __init__(self, base: str, http: httpx.Client) -> None:
        self._base = base
        self._http = http
        self._known = ""
        self._until = 0.0

    def fetch_token(self) -> str:
        """Return a new token."""
        raise NotImplementedError

    def token(self) -> str:
        """Return a token that is good for a minute at least."""
        if time.monotonic() > self._until:
            self._known, self._until = self.fetch_token(), time.monotonic() + _LIFE - _EARLY
        return self._known

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request and return its answer. Raises Refused."""
        headers = {
            "Authorization": f"Bearer {self.token()}",
            "Accept-Language": "en",
            **options.pop("headers", {}),
        }
        response = self._http.request(method, f"{self._base}{path}", headers=headers, **options)
        if response.is_error:
            raise Refused(response)
        return response

    def get(self, path: str, **parameters: Any) -> Any:
        """Return what is at `path`, which may have a query of its own when no parameters are given."""
        return self.call("GET", path, params=parameters or None).json()

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """Post a JSON body and return the answer."""
        options |= {} if body is None else {"json": body}
        return self.call("POST", path, **options).json()

    def change(self, method: str, path: str, body: Any = None, *, of: str) -> Any:
        """Change what stands at `of` as it was read just now (If-Match) and return the answer."""
        seen = {"If-Match": self.call("GET", of).headers["ETag"]}
        options = {} if body is None else {"json": body}
        return self.call(method, path, headers=seen, **options).json()

    def every(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return all items of a list, page by page."""
        items: list[dict[str, Any]] = []
        parameters["limit"] = 200
        while True:
            page = self.get(path, **parameters)
            items += page["items"]
            if not page["next"]:
                return items
            parameters["cursor"] = page["next"]


class Client(Caller):
    """The client system with all rights of demo-credentials.json."""

    def __init__(self, base: str, http: httpx.Client, credentials: dict[str, Any]) -> None:
        super().__init__(base, http)
        self._credentials = credentials

    def fetch_token(self) -> str:
        """Ask the token address, as every client system does (client_credentials)."""
        known = self._credentials
        response = self._http.post(
            known["token_url"],
            data={"grant_type": "client_credentials"},
            auth=(known["client_id"], known["client_secret"]),
        )
        if response.is_error:
            raise Refused(response)
        return str(response.json()["access_token"])


class Person(Caller):
    """One of the demo's people; her token comes from the command in demo-credentials.json."""

    def __init__(self, base: str, http: httpx.Client, token_command: str) -> None:
        super().__init__(base, http)
        self._command = token_command

    def fetch_token(self) -> str:
        """Run the command."""
        done = subprocess.run(shlex.split(self._command), capture_output=True, text=True, check=True)
        return done.stdout.strip()


class House:
    """A running installation, as its demo-credentials.json describes it."""

    def __init__(self, credentials: Path) -> None:
        self.credentials: dict[str, Any] = json.loads(credentials.read_text())
        self.base = str(self.credentials["token_url"]).partition("/oauth/")[0]
        self._http = httpx.Client(timeout=60)
        self._people: dict[str, Person] = {}
        self.client = Client(self.base, self._http, self.credentials)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def person(self, name: str) -> Person:
        """Return one of the demo's people."""
        if name not in self._people:
            command = self.credentials["users"][name]["token_command"]
            self._people[name] = Person(self.base, self._http, command)
        return self._people[name]

    def subject(self, name: str) -> str:
        """Return the id that tokens of this person name."""
        return str(self.credentials["users"][name]["subject"])


def wait_for(condition: Callable[[], Found | None], *, what: str, seconds: float = 60.0) -> Found:
    """Return what `condition` finds once it finds something. TimeoutError when it does not in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            message = f"waited {seconds:.0f} s for {what}"
            raise TimeoutError(message)
        time.sleep(0.1)


def finish(caller: Caller, started: httpx.Response, *, watch: Callable[[Job], None] | None = None) -> Job:
    """Return the job that a 202 named, at its end; `watch` sees it on its way. Raises JobFailed."""
    while True:
        job: Job = caller.get(started.headers["Location"])
        if watch:
            watch(job)
        if job["state"] == "failed":
            raise JobFailed(json.dumps(job, ensure_ascii=False))
        if job["state"] == "succeeded":
            return job
        time.sleep(0.2)
