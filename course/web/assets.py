"""Style sheet, scripts, font and icons: addresses that change with their content, kept by browsers for a year."""

from __future__ import annotations

import gzip
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import brotli
from flask import Blueprint, Response, abort, request
from markupsafe import Markup

pages = Blueprint("assets", __name__)
FOLDER = Path(__file__).resolve().parent.parent / "static"
SMALL = 200  # bytes; below, and for what is compressed already, packing does not pay
# Comments that stand alone on their lines. They are for who reads the source, and a third of what a phone would load.
COMMENTS = {
    ".js": re.compile(r"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*(?:[^*]|\*(?!/))*\*/[ \t]*\n", re.MULTILINE),
}
TYPES = {".js": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class Asset:
    """A file, packed once in every way browsers take."""

    mimetype: str
    packed: dict[str, bytes]


@cache
def assets() -> dict[str, Asset]:
    """Return every file by its path. They are few and small, and read once."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _asset(path) for path in files}


def _asset(path: Path) -> Asset:
    content = without_comments(path.read_text(), path.suffix).encode() if path.suffix in COMMENTS else path.read_bytes()
    mimetype = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = {"identity": content}
    if len(content) > SMALL and path.suffix != ".woff2":
        packed["gzip"] = gzip.compress(content, 9, mtime=0)
        packed["br"] = brotli.compress(content)
    return Asset(mimetype, packed)


def without_comments(text: str, suffix: str) -> str:
    """Return a script or style sheet without the comments that fill their lines, and without blank lines."""
    return re.sub(r"\n{2,}", "\n", COMMENTS[suffix].sub("", text)).lstrip("\n")


@cache
def version() -> str:
    """Return a hash of every file, so that modules that import each other change address together."""
    digest = sha256()
    for path, asset in assets().items():
        digest.update(path.encode() + b"\0" + asset.packed["identity"])
    return digest.hexdigest()[:12]


def address(path: str) -> Markup:
    """Return where a file is served."""
    return Markup(f"/static/{version()}/{path}")  # noqa: S704 — names of our own files


@pages.get("/static/<asked_version>/<path:path>")
def static_file(asked_version: str, path: str) -> Response:
    """Anybody. A page from before an update gets today's file, which is then not kept."""
    return _serve(path, "public, max-age=31536000, immutable" if asked_version == version() else "no-cache")


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Anybody. Browsers ask for it by this name."""
    return _serve("icon.svg", "public, max-age=86400")


def _serve(path: str, caching: str) -> Response:
    asset = assets().get(path)
    if asset is None:
        abort(404)
    accepted = request.accept_encodings
    encoding = next((name for name in ("br", "gzip") if accepted.quality(name) and name in asset.packed), "identity")
    response = Response(asset.packed[encoding], mimetype=asset.mimetype)
    response.headers["Cache-Control"] = caching
    response.headers["Vary"] = "Accept-Encoding"
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return response


@pages.get("/healthz")
def health() -> Response:
    """Whoever watches the server: it answers."""
    return Response("ok\n", mimetype="text/plain")
