"""Serve the built site to a browser on this machine."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from smallcaps.book.paths import site_folder
from smallcaps.errors import BuildError, InputError


def serve(*, port: int) -> None:
    """Serve the book on the loopback address until interrupted; port 0 is any that is free.

    InputError for a port that is none or cannot be used, BuildError if there is no book yet.
    """
    if not 0 <= port <= 65535:
        raise InputError(f"port={port}; allowed: 0 to 65535")
    site = site_folder("book")
    if not (site / "index.html").exists():
        raise BuildError("there is no site to serve yet: run make book first")
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise InputError(f"port {port} cannot be used: {error.strerror}; choose another with PORT=") from None
    print(f"http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
