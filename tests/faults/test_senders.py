"""Who sends slowly, without end or in pieces: the server answers everybody else, and in the end them too."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from course.serving import BODY_SECONDS
from tests.faults.storm import HERE, PATIENCE, TOKEN, Server

STALLED = 24  # three times the threads of all workers
ENDLESS = 64 * 1024 * 1024  # bytes


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a course as an administrator does."""
    running = Server(tmp_path_factory.mktemp("senders"))
    running.start()
    yield running
    running.stop()


def opened(server: Server, *lines: str) -> socket.socket:
    """Begin a form; return the connection."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    form = [f"{name}: {value}" for name, value in HERE.items()]
    connection.sendall("\r\n".join(["POST /theme HTTP/1.1", "Host: course", *form, *lines, "", ""]).encode())
    return connection


def test_stalled_senders_keep_nobody_waiting_and_are_told_in_the_end(server: Server) -> None:
    stalled = [opened(server, "Content-Length: 1000") for _ in range(STALLED)]
    try:
        for connection in stalled:
            connection.sendall(b"theme=dark")
        for _ in range(STALLED):
            assert server.answers(within=BODY_SECONDS / 2)
        told = stalled[0].recv(4096).decode()
        assert told.startswith("HTTP/1.1 408 ")
        assert "\r\nx-content-type-options: nosniff\r\n" in told.lower()
        assert "What was kept before is safe" in told
    finally:
        for connection in stalled:
            connection.close()
    assert server.answers(PATIENCE)


def test_a_body_without_end_is_cut_off(server: Server) -> None:
    sent, chunk = 0, b"a" * 65_536
    with closing(opened(server, "Transfer-Encoding: chunked")) as connection, suppress(OSError):
        while sent < ENDLESS:
            connection.sendall(b"10000\r\n" + chunk + b"\r\n")
            sent += len(chunk)
    assert sent < ENDLESS
    assert server.answers(PATIENCE)


def test_a_form_that_comes_in_pieces_without_its_length_is_read(server: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/learn")
        page = connection.getresponse()
        cookies = "; ".join(value.partition(";")[0] for value in page.headers.get_all("Set-Cookie", []))
        token = next(filter(None, TOKEN.search(page.read().decode()).groups()))  # type: ignore[union-attr]
        pieces = [b"csrf_token=", token.encode(), b"&theme=", b"dark"]
        connection.request("POST", "/theme", body=iter(pieces), headers={**HERE, "Cookie": cookies})
        answer = connection.getresponse()
        assert answer.status == 303
        assert any("theme=dark" in value for value in answer.headers.get_all("Set-Cookie", []))


@pytest.mark.parametrize("path", ["/%ff", "/a%2Fb", "/%00", "/\xe9", "/search?q=%ff", "*"])
def test_an_odd_address_gets_a_page(server: Server, path: str) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: course\r\nConnection: close\r\n\r\n".encode())
        status = int(connection.recv(4096).split()[1])
        assert status in {200, 400, 404}
