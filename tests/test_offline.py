"""The tests themselves are offline, and so are the processes they start."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

FOREIGN = "192.0.2.1"  # RFC 5737: an address for documentation, no host has it


def test_a_foreign_address_is_refused():
    with pytest.raises(OSError, match="the tests are offline"):
        socket.create_connection((FOREIGN, 80), timeout=1)


def test_a_foreign_name_is_not_looked_up():
    with pytest.raises(OSError, match="the tests are offline"):
        socket.getaddrinfo("example.org", 443)


def test_a_process_is_refused_too():
    code = f"import socket; socket.create_connection(({FOREIGN!r}, 80), timeout=1)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.returncode
    assert "the tests are offline" in answer.stderr


def test_loopback_works():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
