"""Each request is heard out before a thread takes it: who sends slowly, or never ends, keeps nobody else waiting.

A WSGI server hands the body on as it comes, so a handful of stalled senders would hold every thread. Here granian's
event loop collects it (RSGI, its own interface), and the WSGI application gets request and body whole.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope

LATE = "Your request did not arrive in time. What was kept before is safe; please send it again.\n"
PLAIN = [
    ("content-type", "text/plain; charset=utf-8"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("connection", "close"),
]
NO_BODY = {"GET", "HEAD", "OPTIONS"}


class HeardOut:
    """An RSGI application around a WSGI one, which runs in `threads` threads.

    A body is cut off one byte after `most` bytes, so that the application refuses it by its own rule. One that has
    not arrived after `seconds` is answered with 408, and the application never sees it.
    """

    def __init__(self, application: WSGIApplication, threads: int, most: int, seconds: float) -> None:
        self.application, self.most, self.seconds = application, most, seconds
        self.threads = ThreadPoolExecutor(threads, "request")

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Answer one request."""
        body = b""
        if scope.method not in NO_BODY:
            try:
                async with asyncio.timeout(self.seconds):
                    body = await self._body(protocol)
            except TimeoutError:
                protocol.response_str(408, PLAIN, LATE)
                return
        answer = asyncio.get_running_loop().run_in_executor(self.threads, self._run, environment(scope, body))
        protocol.response_bytes(*await answer)

    async def _body(self, protocol: RSGIHTTPProtocol) -> bytes:
        body = bytearray()
        async for part in protocol:
            body += part
            if len(body) > self.most:
                break
        return bytes(body[: self.most + 1])

    def _run(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return the application's answer: status, headers, body."""
        status = 0
        headers: list[tuple[str, str]] = []
        parts: list[bytes] = []

        def start(line: str, given: Iterable[tuple[str, str]], _error: object = None) -> Any:
            nonlocal status, headers
            status, headers = int(line[:3]), [(name.lower(), value) for name, value in given]
            return parts.append

        answer = self.application(environ, start)
        try:
            parts.extend(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        return status, headers, b"".join(parts)


def environment(scope: Scope, body: bytes) -> WSGIEnvironment:
    """Return what an application gets by PEP 3333, for a request whose body is whole."""
    (server, port), (client, client_port) = scope.server.rsplit(":", 1), scope.client.rsplit(":", 1)
    found: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": client,
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,  # it ends by itself, whether its sender named a length or not
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        found["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if name == "host" and scope.authority:  # the address asked for comes before it (RFC 9112, 3.2.2)
            continue
        if "_" in name:  # would be taken for the name with hyphens, which a proxy in front may have checked
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        found[key] = found[key] + (";" if name == "cookie" else ",") + value if key in found else value
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if (value := found.pop(f"HTTP_{name}", None)) is not None:
            found[name] = value
    return found
