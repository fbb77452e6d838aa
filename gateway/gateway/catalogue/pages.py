"""The pages people open: the API document, Swagger UI, ReDoc, problem types, and the front page.

Every file comes from this package; the browser is told to load nothing from anywhere else.
"""

import gzip
import hashlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from gateway.catalogue.fetch import Catalogue
from gateway.catalogue.merge import merge
from gateway.catalogue.problems import described
from shared.errors import NotFound
from shared.problems import language

router = APIRouter(include_in_schema=False)

_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".txt": "text/plain"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'{worker}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
STRICT = _POLICY.format(style="", worker="")
# Both tools put style elements into the page while they run; neither may run a script that is not ours.
DRAWN = _POLICY.format(style=" 'unsafe-inline'", worker=" blob:")


class _File(NamedTuple):
    content: bytes
    media_type: str
    gzipped: bool
    etag: str


@cache
def _files() -> dict[str, _File]:
    """Return what lies in `static`, by the name it is asked for."""
    found = {}
    for entry in files("gateway").joinpath("static").iterdir():
        content = entry.read_bytes()
        gzipped = entry.name.endswith(".gz")
        name = entry.name.removesuffix(".gz")
        media_type = _TYPES.get("." + name.rpartition(".")[2])
        if media_type:
            etag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
            found[name] = _File(content, media_type, gzipped, etag)
    return found


@router.get("/static/{name}")
async def static(name: str, request: Request) -> Response:
    """Serve one file of ours."""
    file = _files().get(name)
    if file is None:
        raise NotFound
    headers = {"ETag": file.etag, "Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    content = file.content
    if file.gzipped:
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
    return Response(content, media_type=file.media_type, headers=headers)


class Merged:
    """The merged document, made again when a service's document changed."""

    def __init__(self, *, public_url: str, own: dict[str, Any]) -> None:
        """`own` describes the gateway's own operations."""
        self._public_url = public_url
        self._own = own
        self._version = ""
        self._text = b""

    def text(self, catalogue: Catalogue) -> bytes:
        """Return the document as JSON."""
        if self._version != catalogue.version:
            known = {
                name: document
                for name, document in sorted(catalogue.documents.items())
                if name not in catalogue.refused
            }
            merged = merge({**known, "gateway": self._own}, public_url=self._public_url)
            self._text = orjson.dumps(merged)
            self._version = catalogue.version
        return self._text


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Serve the merged API document."""
    catalogue: Catalogue = request.app.state.catalogue
    text = request.app.state.merged.text(catalogue)
    headers = {"ETag": f'"{catalogue.version[:24]}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/json", headers=headers)


@router.get("/docs")
async def docs() -> Response:
    """Serve Swagger UI."""
    head = '<link rel="stylesheet" href="/static/swagger-ui.css">'
    scripts = ("swagger-ui-bundle.js", "docs.js")
    return _page("Chumchon API", head, '<div id="api"></div>', scripts, policy=DRAWN)


@router.get("/redoc")
async def redoc() -> Response:
    """Serve ReDoc."""
    scripts = ("redoc.standalone.js", "redoc.js")
    return _page("Chumchon API", "", '<div id="api"></div>', scripts, policy=DRAWN)


@router.get("/problems/{code}")
async def problem(code: str, request: Request) -> Response:
    """Explain a problem type: the address that problems carry as their `type`."""
    catalogue: Catalogue = request.app.state.catalogue
    known = described(request.app.state.merged.text(catalogue)).get(code)
    if known is None:
        raise NotFound
    if "text/html" not in request.headers.get("accept", ""):
        return Response(orjson.dumps(known), media_type="application/json")
    thai = language(request.headers.get("accept-language")) == "th"
    titles = (known["title"]["th"], known["title"]["en"])
    rows = (
        "".join(f"<tr><td><code>{escape(use)}</code></td></tr>" for use in known["operations"])
        or "<tr><td>-</td></tr>"
    )
    body = (
        f"<h1>{escape(titles[not thai])}</h1><p>{escape(titles[thai])}</p>"
        f"<p><code>{escape(code)}</code> · HTTP {known['status']}</p><table>{rows}</table>"
    )
    return _page(code, _STYLE, body, ())


@router.get("/")
async def front(request: Request) -> Response:
    """Show where things are."""
    catalogue: Catalogue = request.app.state.catalogue
    nouns: dict[str, list[str]] = {}
    for noun, service in catalogue.table.nouns():
        nouns.setdefault(service, []).append(noun)
    rows = "".join(
        f"<tr><th>{escape(one.name)}</th><td>{', '.join(map(escape, nouns.get(one.name, ['…'])))}</td></tr>"
        for one in catalogue.upstreams
    )
    links = "".join(
        f'<li><a href="{address}">{address}</a> {text}</li>'
        for address, text in (
            ("/docs", "Swagger UI"),
            ("/redoc", "ReDoc"),
            ("/openapi.json", "OpenAPI 3.1"),
            ("/health", "Health"),
            ("/.well-known/openid-configuration", "OpenID configuration"),
        )
    )
    body = (
        "<h1>ชุมชน · Chumchon</h1>"
        "<p>ระบบงานพัฒนาชุมชน · The backend of Thailand's community development work</p>"
        f"<ul>{links}</ul><table>{rows}</table>"
    )
    return _page("Chumchon", _STYLE, body, ())


_STYLE = '<link rel="stylesheet" href="/static/page.css">'


def _page(title: str, head: str, body: str, scripts: tuple[str, ...], *, policy: str = STRICT) -> Response:
    tags = "".join(f'<script src="/static/{script}"></script>' for script in scripts)
    text = (
        f'<!doctype html><html lang="th"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/static/favicon.png">{head}</head><body>{body}{tags}</body></html>'
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return HTMLResponse(text, headers=headers)
