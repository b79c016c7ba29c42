"""Style sheet, scripts, font and icons: addresses that change with their content, kept by browsers for a year."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from markupsafe import Markup

pages = Blueprint("assets", __name__)
FOLDER = Path(__file__).resolve().parent.parent / "static"


@cache
def version() -> str:
    """Return a hash of every file, so that modules that import each other change address together."""
    digest = sha256()
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(FOLDER)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def address(path: str) -> Markup:
    """Return where a file is served."""
    return Markup(f"/static/{version()}/{path}")  # noqa: S704 — names of our own files


@pages.get("/static/<asked_version>/<path:path>")
def static_file(asked_version: str, path: str) -> Response:
    """Anybody. A page from before an update gets today's file, which is then not kept."""
    response = send_from_directory(FOLDER, path, max_age=31_536_000)
    response.cache_control.public = True
    if asked_version == version():
        response.cache_control.immutable = True
    else:
        response.cache_control.max_age = 0
    return response


@pages.get("/favicon.ico")
def favicon() -> Response:
    """Anybody. Browsers ask for it by this name."""
    return send_from_directory(FOLDER, "icon.svg", max_age=86_400)


@pages.get("/healthz")
def health() -> Response:
    """Whoever watches the server: it answers."""
    return Response("ok\n", mimetype="text/plain")
