"""A server on this machine that answers as any publisher, and the adapter that sends a session's requests to it.

Nothing in the production code knows of it: the adapter is mounted on a Transport, as any requests.Session allows.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import HTTPAdapter

from smallcaps.sources.transport import Transport

HOST_HEADER = "X-Asked-Host"


@dataclass(frozen=True)
class Question:
    """A request as the server sees it: the host that was meant, path, query and headers (names in lower case)."""

    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.host}{self.path}" + "".join(f" {name}={value}" for name, value in sorted(self.query.items()))


@dataclass(frozen=True)
class Answer:
    """An answer; `says` bytes are announced (None: as many as there are), `stall` seconds pass before the last half."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    says: int | None = None
    stall: float = 0.0


Answering = Callable[[Question], Answer]


class LocalServer:
    """A server whose `answering` may be exchanged at any time; it keeps what it was asked in `asked`."""

    def __init__(self, answering: Answering, *, context: ssl.SSLContext | None = None):
        self.answering = answering
        self.asked: list[Question] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                host = headers.get(HOST_HEADER.lower(), headers.get("host", ""))
                question = Question(host, parts.path, dict(parse_qsl(parts.query)), headers)
                owner.asked.append(question)
                self.reply(owner.answering(question))

            def reply(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                length = len(answer.body) if answer.says is None else answer.says
                self.send_header("Content-Length", str(length))
                self.end_headers()
                half = len(answer.body) // 2 if answer.stall else len(answer.body)
                try:
                    self.wfile.write(answer.body[:half])
                    self.wfile.flush()
                    time.sleep(answer.stall)
                    self.wfile.write(answer.body[half:])
                except OSError:
                    pass
                if length != len(answer.body):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None
        self.secure = context is not None
        if context is not None:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


class LocalAdapter(HTTPAdapter):
    """Sends what is meant for any host to `port` on this machine, and says in a header who was meant."""

    def __init__(self, port: int, *, secure: bool = False):
        super().__init__()
        self.port, self.scheme = port, "https" if secure else "http"

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        meant = request.url
        sent = request.copy()
        parts = urlsplit(meant)
        sent.url = f"{self.scheme}://127.0.0.1:{self.port}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        sent.headers[HOST_HEADER] = parts.hostname or ""
        response = super().send(sent, **options)
        response.url, response.request = meant, request
        return response


def local_session(port: int, *, secure: bool = False, **bounds: object) -> Transport:
    """A Transport as in production, in a hurry, whose requests all go to `port` on this machine."""
    quick = {"rate": 1e6, "rates": {}, "tries": 3, "pause": 0.01, "longest_pause": 0.05, "timeout": (20.0, 20.0)}
    session = Transport(**{**quick, **bounds})
    session.mount("https://", LocalAdapter(port, secure=secure))
    return session


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
